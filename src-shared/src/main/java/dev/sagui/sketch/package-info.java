/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Latency as a mergeable sketch of a few hundred bytes. */
@NullMarked
package dev.sagui.sketch;

import org.jspecify.annotations.NullMarked;
