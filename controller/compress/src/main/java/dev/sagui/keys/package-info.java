/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Keys and values that people write, each read as what it must be. */
@NullMarked
package dev.sagui.keys;

import org.jspecify.annotations.NullMarked;
