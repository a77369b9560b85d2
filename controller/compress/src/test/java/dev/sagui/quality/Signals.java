/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.json.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Signals that {@code src/test/python/quality_golden.py} makes alike, and the values that numpy,
 * scipy, scikit-image and librosa found for them.
 */
public final class Signals {
  private Signals() {}

  /** Uniform in 0..1. */
  public static float[] noise(long seed, int count) {
    float[] values = new float[count];
    long x = seed;
    for (int i = 0; i < count; i++) {
      x = (1103515245L * x + 12345) % (1L << 31);
      values[i] = (float) (x / (double) (1L << 31));
    }
    return values;
  }

  /** A smooth picture in 0..1. */
  public static float[] picture(long seed, int height, int width) {
    float[] noise = noise(seed, height * width);
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      double x = i % width;
      double y = i / width;
      double wave =
          0.5 + 0.2 * Math.sin(0.3 * x + seed) + 0.2 * Math.cos(0.23 * y * (1 + 0.1 * seed));
      values[i] = (float) (wave + 0.1 * (noise[i] - 0.5));
    }
    return values;
  }

  /** Tones that stop every 4000 samples, over a soft hiss. */
  public static float[] speech(long seed, int count) {
    float[] noise = noise(seed, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double tone = 0.3 * Math.sin(0.02 * (seed + 2) * i) + 0.1 * Math.sin(0.3 * i);
      values[i] = (float) ((i / 4000 % 2 == 0 ? tone : 0) + 1e-4 * (noise[i] - 0.5));
    }
    return values;
  }

  /** {@code scale · a + spread · noise}. */
  public static float[] disturbed(float[] a, float scale, float spread, long seed) {
    float[] noise = noise(seed, a.length);
    float[] values = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      values[i] = scale * a[i] + spread * noise[i];
    }
    return values;
  }

  /** A golden value by its name. */
  public static double golden(String name) {
    try (InputStream in = Signals.class.getResourceAsStream("/quality/golden.json")) {
      return Fields.parse(Objects.requireNonNull(in).readAllBytes()).number(name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
