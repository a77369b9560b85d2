/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Trainings from random weights: nets that recipes name, their data, their held-out scores. */
@NullMarked
package dev.sagui.train.scratch;

import org.jspecify.annotations.NullMarked;
