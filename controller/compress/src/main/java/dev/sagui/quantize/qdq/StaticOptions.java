/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.isa.Int8Format;
import dev.sagui.quantize.calibrate.RangeMethod;
import java.util.Set;

/**
 * How a model is quantized statically.
 *
 * @param format of the device that will run it
 * @param calibration how the ranges of activations are chosen
 * @param floats names of layers' nodes that stay float32
 */
public record StaticOptions(Int8Format format, RangeMethod calibration, Set<String> floats) {
  public StaticOptions {
    floats = Set.copyOf(floats);
  }
}
