/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Adapts a trained model to other data: new heads, part of the layers, low-rank updates, all. */
@NullMarked
package dev.sagui.transfer;

import org.jspecify.annotations.NullMarked;
