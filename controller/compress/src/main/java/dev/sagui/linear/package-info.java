/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Systems of linear equations. */
@NullMarked
package dev.sagui.linear;

import org.jspecify.annotations.NullMarked;
