/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Up-sampling layers as ordinary convolutions of their phases, exactly. */
@NullMarked
package dev.sagui.quantize.phase;

import org.jspecify.annotations.NullMarked;
