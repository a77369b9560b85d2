/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.image.Ssim;
import dev.sagui.train.gradient.Emitter;
import java.util.List;

/**
 * A separable linear filter of planes [P, H, W], as a product with a banded matrix on each side:
 * their gradients are products too.
 */
record PlaneFilter(String name, double[] taps, int stride) {
  /** SSIM's window where it lies inside of planes of this size. */
  static PlaneFilter gaussian(int height, int width) {
    return new PlaneFilter("gaussian", Ssim.window(Math.min(height, width)), 1);
  }

  /** Means of 2×2 pixels; an odd last row or column is left out. */
  static PlaneFilter halves() {
    return new PlaneFilter("halves", new double[] {0.5, 0.5}, 2);
  }

  /** [P, H, W] to [P, (H − n) / stride + 1, (W − n) / stride + 1]. */
  String apply(Emitter emit, String planes, int height, int width) {
    String across = emit.node("MatMul", planes, matrix(emit, width, false));
    return emit.node("MatMul", matrix(emit, height, true), across);
  }

  /** [size, places], or its transpose. */
  private String matrix(Emitter emit, int size, boolean transposed) {
    int places = (size - taps.length) / stride + 1;
    String key = "%s %d %d %s".formatted(name, taps.length, size, transposed);
    return emit.floats(
        key,
        transposed ? List.of((long) places, (long) size) : List.of((long) size, (long) places),
        () -> {
          double[] matrix = new double[size * places];
          for (int place = 0; place < places; place++) {
            for (int tap = 0; tap < taps.length; tap++) {
              int at = place * stride + tap;
              matrix[transposed ? place * size + at : at * places + place] = taps[tap];
            }
          }
          return matrix;
        });
  }
}
