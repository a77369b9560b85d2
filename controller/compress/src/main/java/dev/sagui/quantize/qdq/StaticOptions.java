/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.isa.Int8Format;
import dev.sagui.quantize.calibrate.RangeMethod;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How a model is quantized statically.
 *
 * @param format of the device that will run it
 * @param calibration how the ranges of activations are chosen; empty to choose by the error at the
 *     model's outputs
 * @param floats layers that stay float32, by the name of their node or output
 * @param sqnrDb layers stay float32 until the outputs' SQNR on the calibration samples is so high
 */
public record StaticOptions(
    Int8Format format,
    Optional<RangeMethod> calibration,
    Set<String> floats,
    OptionalDouble sqnrDb) {
  public StaticOptions {
    floats = Set.copyOf(floats);
  }
}
