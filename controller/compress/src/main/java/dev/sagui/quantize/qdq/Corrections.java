/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import java.util.Map;
import java.util.Optional;

/**
 * What makes up for errors of quantization at no cost in a run: weights that are rounded otherwise
 * than to the nearest, and shifts of biases. Layers go by the name of their output in the float
 * model.
 *
 * @param rounded weights, of some layers
 * @param shifts to be added to the biases, one a channel, of some layers
 */
record Corrections(Map<String, IntegerWeights> rounded, Map<String, double[]> shifts) {
  static final Corrections NONE = new Corrections(Map.of(), Map.of());

  Corrections {
    rounded = Map.copyOf(rounded);
    shifts = Map.copyOf(shifts);
  }

  Optional<IntegerWeights> weights(String layer) {
    return Optional.ofNullable(rounded.get(layer));
  }

  /**
   * The bias that a layer gets.
   *
   * @param bias that it has, empty for none
   */
  double[] bias(String layer, double[] bias) {
    double[] shift = shifts.get(layer);
    if (shift == null || (bias.length != 0 && bias.length != shift.length)) {
      return bias;
    }
    double[] sum = shift.clone();
    for (int c = 0; c < bias.length; c++) {
      sum[c] += bias[c];
    }
    return sum;
  }

  /** The same without the shifts. */
  Corrections unshifted() {
    return new Corrections(rounded, Map.of());
  }
}
