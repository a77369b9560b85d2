/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Runs of trainings as folders: recipe, checkpoint, curves, samples, and the model at the end. */
@NullMarked
package dev.sagui.train.folder;

import org.jspecify.annotations.NullMarked;
