/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a block's scale, zero point and codes are chosen. */
public enum BlockMethod {
  /** Round to nearest over the block's range. */
  RTN,
  /**
   * Round to nearest with the scale, of several clipped ranges, that has the least squared error.
   */
  MSE,
  /**
   * Half-quadratic quantization: the zero point follows a sparse error of norm 0.7, is rounded to
   * an integer, and the scale is fitted again (Badri and Shaji, "Half-Quadratic Quantization of
   * Large Machine Learning Models", 2023).
   */
  HQQ,
  /**
   * As llama.cpp's k-quants: errors are weighted by importance, E[x²] of the inputs where samples
   * are given, else by |w|; scale and minimum are solved for by weighted least squares.
   */
  KQUANT,
  /**
   * Inputs are scaled by their strength before weights are rounded, where that pays, and divided in
   * the LayerNormalization before, or by a Mul (Lin et al., "AWQ", 2023); needs samples.
   */
  AWQ,
  /**
   * Error feedback through the inputs' second moments, block by block in the order of the inputs
   * (Frantar et al., "GPTQ", 2022); needs samples.
   */
  GPTQ;

  boolean needsSamples() {
    return this == GPTQ || this == AWQ;
  }

  /** Whether errors are weighted by the power of what they are multiplied with. */
  boolean seesPower() {
    return this == KQUANT || this == AWQ;
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming the methods that exist
   */
  public static BlockMethod parse(String name) {
    return Arrays.stream(values())
        .filter(method -> method.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "expected a method of %s, got '%s'".formatted(known(), name)));
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String known() {
    return Arrays.stream(values()).map(BlockMethod::label).collect(Collectors.joining(", "));
  }
}
