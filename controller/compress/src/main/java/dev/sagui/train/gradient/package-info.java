/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The gradient of a loss as more nodes of the graph that computes it. */
@NullMarked
package dev.sagui.train.gradient;

import org.jspecify.annotations.NullMarked;
