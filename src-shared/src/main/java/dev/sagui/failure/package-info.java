/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The three ways in which something fails, and the codes that the fleet counts. */
@NullMarked
package dev.sagui.failure;

import org.jspecify.annotations.NullMarked;
