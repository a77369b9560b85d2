/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Recipes of trainings: what is trained on what, into which folder, to which end. */
@NullMarked
package dev.sagui.recipe.training;

import org.jspecify.annotations.NullMarked;
