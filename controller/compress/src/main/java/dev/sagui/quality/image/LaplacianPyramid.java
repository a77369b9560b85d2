/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A plane as band-pass levels and a low-pass rest (Burt, Adelson 1983), with the 5×5 binomial
 * filter and mirrored borders, as PGGAN (arXiv 1710.10196, sliced_wasserstein.py) has it.
 *
 * <p>Levels go down to the last whose shorter side is 14 or more (PGGAN: 16), so that a 28×28
 * picture has two.
 */
public final class LaplacianPyramid {
  private static final int MIN_SIDE = 14;
  private static final double[] BINOMIAL = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};

  /**
   * One level.
   *
   * @param values [height, width]
   */
  public record Level(float[] values, int height, int width) {}

  private LaplacianPyramid() {}

  /** The finest level first, the low-pass rest last. */
  public static List<Level> of(float[] plane, int height, int width) {
    List<Level> levels = new ArrayList<>();
    Level rest = new Level(plane, height, width);
    while (Math.min(rest.height() / 2, rest.width() / 2) >= MIN_SIDE) {
      Level coarse = down(rest);
      Level smooth = up(coarse, rest.height(), rest.width());
      float[] band = new float[rest.values().length];
      for (int i = 0; i < band.length; i++) {
        band[i] = rest.values()[i] - smooth.values()[i];
      }
      levels.add(new Level(band, rest.height(), rest.width()));
      rest = coarse;
    }
    levels.add(rest);
    return levels;
  }

  /** Filters and keeps every second pixel, the first included. */
  private static Level down(Level level) {
    float[] smooth = filter(level.values(), level.height(), level.width(), 1);
    int height = (level.height() + 1) / 2;
    int width = (level.width() + 1) / 2;
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = smooth[2 * (i / width) * level.width() + 2 * (i % width)];
    }
    return new Level(values, height, width);
  }

  /** Puts zeros between pixels and filters by four times the weights. */
  private static Level up(Level level, int height, int width) {
    float[] sparse = new float[height * width];
    for (int i = 0; i < level.values().length; i++) {
      sparse[2 * (i / level.width()) * width + 2 * (i % level.width())] = level.values()[i];
    }
    return new Level(filter(sparse, height, width, 2), height, width);
  }

  private static float[] filter(float[] plane, int height, int width, double gain) {
    float[] across = new float[plane.length];
    float[] both = new float[plane.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int k = -2; k <= 2; k++) {
          sum += BINOMIAL[k + 2] * plane[y * width + mirrored(x + k, width)];
        }
        across[y * width + x] = (float) (gain * sum);
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int k = -2; k <= 2; k++) {
          sum += BINOMIAL[k + 2] * across[mirrored(y + k, height) * width + x];
        }
        both[y * width + x] = (float) (gain * sum);
      }
    }
    return both;
  }

  /** Reflects about the centre of the border's pixel. */
  private static int mirrored(int at, int size) {
    int inside = at < 0 ? -at : at;
    return inside < size ? inside : 2 * (size - 1) - inside;
  }
}
