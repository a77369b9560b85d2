/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.isa.Int8Format;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.calibrate.RangeMethod;
import java.util.Optional;
import java.util.Set;

/**
 * How a model is quantized statically.
 *
 * @param format of the device that will run it
 * @param calibration how the ranges of activations are chosen; empty to choose by the error at the
 *     model's outputs
 * @param floats layers that stay float32, by the name of their node or output
 * @param tolerance layers stay float32 until the outputs on the calibration samples are within
 */
public record StaticOptions(
    Int8Format format,
    Optional<RangeMethod> calibration,
    Set<String> floats,
    Optional<Tolerance> tolerance) {
  public StaticOptions {
    floats = Set.copyOf(floats);
  }
}
