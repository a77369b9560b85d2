/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import dev.sagui.agent.engine.Session;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.TensorInfo;
import java.util.List;

/** A release that answers requests. */
public record ServedModel(
    ArtifactName model,
    ArtifactName variant,
    Digest manifest,
    List<TensorInfo> inputs,
    List<TensorInfo> outputs,
    Session session) {}
