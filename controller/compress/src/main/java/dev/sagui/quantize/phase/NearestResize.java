/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import dev.sagui.onnx.Node;
import java.util.Optional;

/** A Resize that repeats each row and column a whole number of times. */
final class NearestResize {
  private NearestResize() {}

  /**
   * Whether {@code output[o] = input[floor(o / scale)]} for whole scales: of ONNX's modes, those
   * that round a coordinate of asymmetric kind down, and half_pixel's with round_prefer_floor (its
   * default), where {@code (o + 0.5) / scale − 0.5} rounds to the same.
   */
  static boolean repeats(Node resize) {
    String coordinates = resize.text("coordinate_transformation_mode", "half_pixel");
    String rounding = resize.text("nearest_mode", "round_prefer_floor");
    boolean down = coordinates.equals("asymmetric") && rounding.equals("floor");
    boolean half = coordinates.equals("half_pixel") && rounding.equals("round_prefer_floor");
    return resize.text("mode", "nearest").equals("nearest")
        && resize.attribute("axes").isEmpty()
        && (down || half);
  }

  /** The scale of both spatial axes, when scales [1, 1, s, s] say so. */
  static Optional<Integer> scale(double[] scales) {
    boolean both =
        scales.length == 4
            && scales[0] == 1
            && scales[1] == 1
            && scales[2] == scales[3]
            && scales[2] == Math.rint(scales[2])
            && scales[2] >= 2;
    return both ? Optional.of((int) scales[2]) : Optional.empty();
  }
}
