/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import java.util.Set;
import java.util.TreeSet;

/** Operators that draw random numbers: outputs differ from run to run, or from graph to graph. */
public final class RandomOperators {
  private static final Set<String> NAMES =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli");

  private RandomOperators() {}

  /** Whether an operator of ONNX's own domain is one of them. */
  public static boolean contains(String operator) {
    return NAMES.contains(operator);
  }

  /** Those that a model has, in order. */
  public static Set<String> in(OnnxModel model) {
    Set<String> found = new TreeSet<>(model.facts().operators().keySet());
    found.retainAll(NAMES);
    return found;
  }
}
