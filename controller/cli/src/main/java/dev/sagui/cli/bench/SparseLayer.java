/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One MatMul whose inputs go together as those of real layers do: factors of which each has less
 * power than the one before, with noise, in channels of unlike power.
 */
final class SparseLayer {
  static final int WIDTH = 2048;

  private static final int FACTORS = 256;
  private static final double FACTOR_DECAY = 0.5;
  private static final double CHANNEL_DECAY = 0.5;
  private static final double NOISE = 0.3;

  private final float[][] factors = new float[FACTORS][WIDTH];
  private final float[] channels = new float[WIDTH];

  SparseLayer() {
    SplittableRandom random = new SplittableRandom(11);
    for (int k = 0; k < FACTORS; k++) {
      for (int j = 0; j < WIDTH; j++) {
        factors[k][j] = (float) (random.nextGaussian() * Math.pow(k + 1, -FACTOR_DECAY));
      }
    }
    for (int j = 0; j < WIDTH; j++) {
      channels[j] = (float) Math.pow(1 + random.nextInt(WIDTH), -CHANNEL_DECAY);
    }
  }

  /** The model's file in {@code folder}; [N, 2048] in and out, normal weights. */
  static Path model(Path folder) {
    return new ChainModel(1, WIDTH).write(folder);
  }

  /** Vectors of its input, one a run. */
  List<List<Tensor>> inputs(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Tensor>> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = new float[WIDTH];
      for (float[] factor : factors) {
        float power = (float) random.nextGaussian();
        for (int j = 0; j < WIDTH; j++) {
          x[j] += power * factor[j];
        }
      }
      for (int j = 0; j < WIDTH; j++) {
        x[j] = channels[j] * (x[j] + (float) (NOISE * random.nextGaussian()));
      }
      runs.add(List.of(Tensor.of("x0", x, 1, WIDTH)));
    }
    return runs;
  }
}
