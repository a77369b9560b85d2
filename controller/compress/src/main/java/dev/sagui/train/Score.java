/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * A number that tells how good a model is.
 *
 * @param metric its name with its unit, as reports have it
 * @param higherIsBetter else lower is
 */
public record Score(String metric, double value, boolean higherIsBetter) {
  /** Whether this is better than another of the same metric, by more than rounding. */
  public boolean betterThan(Score other) {
    double gain = higherIsBetter ? value - other.value : other.value - value;
    return gain > 1e-9 * Math.abs(other.value);
  }
}
