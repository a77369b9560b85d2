/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Named tensors as bytes, and the safetensors codec that golden inputs and outputs travel in. */
@NullMarked
package dev.sagui.tensor;

import org.jspecify.annotations.NullMarked;
