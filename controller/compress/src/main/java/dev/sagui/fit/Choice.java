/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import java.util.Optional;

/**
 * What a device of a profile gets.
 *
 * @param variant none when no variant fits
 * @param reason in plain words, for people
 */
public record Choice(ArtifactName profile, Optional<Variant> variant, String reason) {}
