/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What layers multiply their weights with, and the rounding of weights that suits it. */
@NullMarked
package dev.sagui.quantize.gram;

import org.jspecify.annotations.NullMarked;
