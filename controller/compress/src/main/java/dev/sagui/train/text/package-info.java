/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Texts as tokens: windows to learn on, windows to judge a language model by, what one writes. */
@NullMarked
package dev.sagui.train.text;

import org.jspecify.annotations.NullMarked;
