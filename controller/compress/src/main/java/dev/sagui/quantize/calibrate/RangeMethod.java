/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How the range that a quantized activation covers is chosen from its histogram. */
public enum RangeMethod {
  /** From the lowest to the highest value seen. */
  MINMAX("minmax"),
  /** The mean over samples of each sample's lowest and highest value. */
  MOVING_AVERAGE("moving-average"),
  /** 99.99 % of all values, what is left out taken from both ends alike. */
  PERCENTILE("percentile"),
  /** 99.9 % of all values. */
  PERCENTILE_99_9("percentile-99.9"),
  /** 99.999 % of all values. */
  PERCENTILE_99_999("percentile-99.999"),
  /** Least Kullback-Leibler divergence (Migacz, "8-bit Inference with TensorRT", GTC 2017). */
  ENTROPY("entropy"),
  /** Least mean squared error of the rounded and clipped values, by search. */
  MSE("mse"),
  /** Least mean squared error by fixed point (Sakr et al., ICML 2022, arXiv 2206.06501). */
  OCTAV("octav");

  private final String label;

  RangeMethod(String label) {
    this.label = label;
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming the methods that exist
   */
  public static RangeMethod parse(String name) {
    return Arrays.stream(values())
        .filter(method -> method.label.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "expected a range method of %s, got '%s'".formatted(known(), name)));
  }

  public String label() {
    return label;
  }

  private static String known() {
    return Arrays.stream(values()).map(RangeMethod::label).collect(Collectors.joining(", "));
  }
}
