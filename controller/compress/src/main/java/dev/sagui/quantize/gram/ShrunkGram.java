/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

/**
 * Second moments drawn toward their diagonal by as much as their own sampling error says (Schäfer
 * and Strimmer 2005, target D; variances as of normal numbers): moments of few samples hold
 * correlations by chance, and rounding that makes use of those does harm on other samples.
 */
public final class ShrunkGram {
  private ShrunkGram() {}

  /** The same moments, drawn. */
  public static InputGram of(InputGram gram) {
    InputGram drawn = new InputGram(gram.size(), gram.second().clone(), gram.mean(), gram.count());
    draw(drawn);
    return drawn;
  }

  /** Draws moments where they are. */
  public static void draw(InputGram gram) {
    int size = gram.size();
    double[] second = gram.second();
    double chance = 0;
    double seen = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        double square = second[i * size + j] * second[i * size + j];
        chance += (second[i * size + i] * second[j * size + j] + square) / gram.count();
        seen += square;
      }
    }
    if (chance == 0 || gram.count() == 0) {
      return;
    }
    double kept = Math.max(0, 1 - chance / seen);
    for (int i = 0; i < second.length; i++) {
      second[i] *= i % (size + 1) == 0 ? 1 : kept;
    }
  }
}
