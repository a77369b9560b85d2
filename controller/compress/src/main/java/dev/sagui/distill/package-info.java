/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Students that are trained to give a teacher's outputs. */
@NullMarked
package dev.sagui.distill;

import org.jspecify.annotations.NullMarked;
