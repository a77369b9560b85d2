/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.List;

/** Losses of pictures that are sums over neighbours or scales. */
final class PictureLosses {
  /** Pixels that the shorter side keeps at the coarsest scale. */
  private static final int LEAST_SIDE = 4;

  private PictureLosses() {}

  /**
   * Total variation of the output alone, anisotropic: the mean absolute difference of neighbours
   * along each axis, summed over both (Rudin, Osher, Fatemi 1992).
   */
  static String totalVariation(Emitter emit, Pair pair) {
    Planes planes = Planes.of("total-variation", pair);
    String x = planes.split(emit, pair.output());
    String down = variation(emit, x, 1, planes.height());
    String across = variation(emit, x, 2, planes.width());
    return emit.add(down, across);
  }

  private static String variation(Emitter emit, String x, int axis, int size) {
    if (size < 2) {
      return emit.multiply(emit.mean(x), 0);
    }
    String step =
        emit.subtract(emit.slice(x, axis, 1, size, 1), emit.slice(x, axis, 0, size - 1, 1));
    return emit.mean(emit.node("Abs", step));
  }

  /**
   * The mean absolute difference at several scales, each half the one before by 2×2 means, averaged
   * over scales: colours and large shapes count as much as pixels.
   *
   * @param scales at most; those that leave 4 pixels on the shorter side are taken
   */
  static Loss multiScale(int scales) {
    return (emit, pair) -> {
      Planes planes = Planes.of("multi-scale", pair);
      int height = planes.height();
      int width = planes.width();
      String rest = planes.split(emit, ElementLosses.difference(emit, pair));
      List<String> terms = new ArrayList<>();
      terms.add(emit.mean(emit.node("Abs", rest)));
      while (terms.size() < scales && Math.min(height, width) / 2 >= LEAST_SIDE) {
        rest = PlaneFilter.halves().apply(emit, rest, height, width);
        height /= 2;
        width /= 2;
        terms.add(emit.mean(emit.node("Abs", rest)));
      }
      return Sums.mean(emit, terms);
    };
  }
}
