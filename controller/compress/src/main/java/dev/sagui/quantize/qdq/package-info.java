/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Static int8: values and weights between QuantizeLinear and DequantizeLinear. */
@NullMarked
package dev.sagui.quantize.qdq;

import org.jspecify.annotations.NullMarked;
