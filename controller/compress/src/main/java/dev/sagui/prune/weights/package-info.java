/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Weights that become zero: which, and what the rest make good. */
@NullMarked
package dev.sagui.prune.weights;

import org.jspecify.annotations.NullMarked;
