/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Things named by their bytes: digests, chunks, the bitmap of what is missing. */
@NullMarked
package dev.sagui.artifact;

import org.jspecify.annotations.NullMarked;
