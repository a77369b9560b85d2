/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The first load of a new model, in a process that may die of it. */
@NullMarked
package dev.sagui.agent.trial;

import org.jspecify.annotations.NullMarked;
