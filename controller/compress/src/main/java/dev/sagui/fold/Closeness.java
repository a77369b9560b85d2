/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.Half;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Whether two tensors hold the same numbers but for rounding. */
final class Closeness {
  private Closeness() {}

  /**
   * What differs; empty when nothing does. Integers must be equal, NaN and infinity stay such.
   *
   * @param tolerance in units of the largest magnitude expected, or of 1 when that is smaller
   */
  static Optional<String> difference(Tensor expected, Tensor found, double tolerance) {
    if (expected.data().equals(found.data())) {
      return Optional.empty();
    }
    if (!isFloat(expected)) {
      return Optional.of("output '%s' has other integers".formatted(expected.name()));
    }
    double largest = 1;
    double error = 0;
    ByteBuffer a = expected.data();
    ByteBuffer b = found.data();
    while (a.hasRemaining()) {
      double x = next(expected, a);
      double y = next(expected, b);
      if (Double.compare(x, y) != 0 && x != y) {
        if (!Double.isFinite(x) || !Double.isFinite(y)) {
          return Optional.of("output '%s' has %s for %s".formatted(expected.name(), y, x));
        }
        error = Math.max(error, Math.abs(x - y));
      }
      largest = Double.isFinite(x) ? Math.max(largest, Math.abs(x)) : largest;
    }
    return error <= tolerance * largest
        ? Optional.empty()
        : Optional.of(
            "output '%s' is off by %.3g, its largest value is %.3g"
                .formatted(expected.name(), error, largest));
  }

  private static boolean isFloat(Tensor tensor) {
    return switch (tensor.type()) {
      case FP32, FP64, FP16 -> true;
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> false;
    };
  }

  private static double next(Tensor type, ByteBuffer data) {
    return switch (type.type()) {
      case FP32 -> data.getFloat();
      case FP64 -> data.getDouble();
      case FP16 -> Half.toFloat(data.getShort());
      case INT8, INT16, INT32, INT64, UINT8, BOOL ->
          throw new IllegalStateException("no float; this is a bug");
    };
  }
}
