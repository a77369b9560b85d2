/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Losses as nodes of the graph whose output they judge, by the definitions of the judges. */
@NullMarked
package dev.sagui.train.loss;

import org.jspecify.annotations.NullMarked;
