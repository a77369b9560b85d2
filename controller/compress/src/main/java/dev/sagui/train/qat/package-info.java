/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Quantization-aware training: nets whose weights lie on a grid of integers. */
@NullMarked
package dev.sagui.train.qat;

import org.jspecify.annotations.NullMarked;
