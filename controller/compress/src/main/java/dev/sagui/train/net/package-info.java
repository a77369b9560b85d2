/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Nets written layer by layer as ONNX graphs, with random weights that follow from a seed. */
@NullMarked
package dev.sagui.train.net;

import org.jspecify.annotations.NullMarked;
