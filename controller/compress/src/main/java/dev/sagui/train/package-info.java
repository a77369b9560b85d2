/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Training of ONNX graphs in ONNX Runtime: steps, optimizers, schedules, checkpoints. */
@NullMarked
package dev.sagui.train;

import org.jspecify.annotations.NullMarked;
