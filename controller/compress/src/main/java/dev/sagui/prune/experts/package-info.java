/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Feed-forward blocks of which each row of the input computes a part. */
@NullMarked
package dev.sagui.prune.experts;

import org.jspecify.annotations.NullMarked;
