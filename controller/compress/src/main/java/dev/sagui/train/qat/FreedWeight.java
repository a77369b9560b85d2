/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A weight that a net holds in few bits, and float32 parameters that train it. */
interface FreedWeight {
  /** By parameter what its values become before they are computed with. */
  Map<String, UnaryOperator<float[]>> projections();

  /**
   * What the quantized net's initializers hold once the parameters are trained, by name.
   *
   * @param trained the values of a parameter
   */
  Map<String, ByteString> stored(Trained trained) throws IOException;

  /** Values of parameters. */
  @FunctionalInterface
  interface Trained {
    float[] of(String parameter) throws IOException;
  }
}
