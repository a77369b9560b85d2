/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import java.util.Locale;

/** What can be done by a recipe of a training. */
public enum TrainingVerb {
  /** A net learns from random weights. */
  TRAIN,
  /** A student learns to give a teacher's outputs. */
  DISTILL,
  /** A trained model adapts to other data. */
  TRANSFER;

  /** As it is typed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
