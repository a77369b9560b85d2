/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Students: made of a teacher, initialised from its weights, trained to give its outputs. */
@NullMarked
package dev.sagui.distill;

import org.jspecify.annotations.NullMarked;
