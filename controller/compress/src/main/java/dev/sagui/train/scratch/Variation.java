/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * One picture's random mirror, move and change of light.
 *
 * @param set whose pictures it varies
 */
record Variation(PictureSet set, Augment augment, float low, float high) {
  /** Appends a picture, varied; the draws come from {@code random}. */
  void put(int index, SplittableRandom random, FloatBuffer into) {
    if (augment.isNone()) {
      set.put(index, low, high, into);
      return;
    }
    boolean mirrored = augment.flip() && random.nextBoolean();
    int down = moved(random);
    int right = moved(random);
    float bright = factor(random);
    float contrast = factor(random);
    int start = into.position();
    float mean = place(index, mirrored, down, right, into) * bright;
    for (int i = start; i < into.position(); i++) {
      float lit = (into.get(i) - low) * bright;
      float value = low + mean + (lit - mean) * contrast;
      into.put(i, Math.max(low, Math.min(high, value)));
    }
  }

  private int moved(SplittableRandom random) {
    return augment.crop() == 0 ? 0 : random.nextInt(-augment.crop(), augment.crop() + 1);
  }

  private float factor(SplittableRandom random) {
    return 1 + (float) (augment.jitter() * (2 * random.nextDouble() - 1));
  }

  /** The mean above {@code low}. */
  private float place(int index, boolean mirrored, int down, int right, FloatBuffer into) {
    int height = (int) set.height();
    int width = (int) set.width();
    float step = (high - low) / 255;
    double sum = 0;
    for (int row = 0; row < (int) set.channels() * height; row++) {
      int y = Math.max(0, Math.min(height - 1, row % height - down));
      int line = (row / height * height + y) * width;
      for (int x = 0; x < width; x++) {
        int moved = Math.max(0, Math.min(width - 1, x - right));
        int level = set.level(index, line + (mirrored ? width - 1 - moved : moved));
        into.put(low + step * level);
        sum += step * level;
      }
    }
    return (float) (sum / set.size());
  }
}
