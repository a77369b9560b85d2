/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Structured pruning: which channels of a graph belong together, which to remove, and repair. */
@NullMarked
package dev.sagui.prune.channels;

import org.jspecify.annotations.NullMarked;
