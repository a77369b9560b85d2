/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The positions of a layer's output at which it is looked at: a share of all, drawn by a seed, the
 * same in every run over the same samples.
 */
final class Positions {
  /** Gets the places one by one. */
  @FunctionalInterface
  interface Visitor {
    void at(int part, int image, int y, int x);
  }

  private final LayerMap map;
  private final double share;
  private final SplittableRandom random;

  /**
   * @param share of the positions, in 0..1
   */
  Positions(LayerMap map, double share, long seed) {
    this.map = map;
    this.share = share;
    this.random = new SplittableRandom(seed);
  }

  /** The drawn positions of the next batch, by the shape of what the layer gives. */
  void next(List<Long> shape, Visitor visitor) {
    int images = images(map, shape);
    int height = map.isConvolution() && shape.size() == 4 ? shape.get(2).intValue() : 1;
    int width = map.isConvolution() ? shape.get(shape.size() - 1).intValue() : 1;
    for (int image = 0; image < images; image++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          if (share >= 1 || random.nextDouble() < share) {
            visitor.at(part(y, x), image, y, x);
          }
        }
      }
    }
  }

  /** Positions in all. */
  static long count(LayerMap map, List<Long> shape) {
    long all = shape.stream().reduce(1L, (a, b) -> a * b);
    return all / shape.get(map.isConvolution() ? 1 : shape.size() - 1);
  }

  /** Images of a batch, or rows of a matrix. */
  private static int images(LayerMap map, List<Long> shape) {
    return map.isConvolution() ? shape.get(0).intValue() : (int) count(map, shape);
  }

  private int part(int y, int x) {
    List<LayerMap.Part> parts = map.parts();
    int columns = parts.get(parts.size() - 1).residueX() + 1;
    int rows = parts.get(parts.size() - 1).residueY() + 1;
    return y % rows * columns + x % columns;
  }
}
