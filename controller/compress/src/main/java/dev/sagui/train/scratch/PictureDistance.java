/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.distribution.KernelDistance;
import dev.sagui.quality.distribution.Splits;
import dev.sagui.quality.image.RandomFeatures;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Feed;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * KID (Bińkowski et al. 2018) of a generator's pictures against held-out ones, on the features of a
 * fixed random network, beside what it is between halves of the held-out ones: sets of the same
 * size.
 */
final class PictureDistance {
  private static final int MOST = 1000;
  private static final int BATCH = 50;
  private static final long SEED = 20_180_226; // of features and halves; the same as in comparisons
  private static final long LATENTS = -2;

  private final PictureSet set;
  private final float low;
  private final float high;
  private final RandomFeatures features;
  private List<float[]> real = List.of();
  private double chance;

  /**
   * @param low end of the generator's range
   * @param high end of the generator's range
   */
  PictureDistance(PictureSet set, float low, float high) {
    this.set = set;
    this.low = low;
    this.high = high;
    this.features = new RandomFeatures((int) set.channels(), SEED);
  }

  /**
   * "kid", which may fall below 0, and "kid_chance", the 95th percentile between 20 pairs of random
   * halves of held-out pictures; none for fewer than eight held-out pictures.
   *
   * @param latent numbers of a latent
   */
  Map<String, Double> of(OnnxModel generator, String input, long latent, long seed)
      throws IOException {
    int count = Math.min(MOST, set.count() / 2);
    Map<String, Double> figures = new LinkedHashMap<>();
    if (count < 4) {
      return figures;
    }
    if (real.isEmpty()) {
      real = real(2 * count);
      chance = Splits.of(2 * count, SEED).percentile95(h -> KernelDistance.of(real, h));
    }
    List<float[]> made = new ArrayList<>();
    try (OrtModel session = OrtModel.open(generator, 1, false)) {
      for (int from = 0; from < count; from += BATCH) {
        long rows = Math.min(BATCH, count - from);
        Tensor z = new Feed(input, DataType.FP32, List.of(rows, latent)).allocate();
        Noise.fill(z, seed, LATENTS, from);
        FloatBuffer pictures = session.run(List.of(z)).get(0).data().asFloatBuffer();
        while (pictures.hasRemaining()) {
          made.add(features(pictures));
        }
      }
    }
    figures.put("kid", KernelDistance.of(real.subList(0, count), made));
    figures.put("kid_chance", chance);
    return figures;
  }

  private List<float[]> real(int count) {
    List<float[]> all = new ArrayList<>();
    FloatBuffer picture = FloatBuffer.allocate(set.size());
    for (int i = 0; i < count; i++) {
      set.put(i, low, high, picture.clear());
      all.add(features(picture.flip()));
    }
    return all;
  }

  /** Of the next picture, brought to −1..1. */
  private float[] features(FloatBuffer pictures) {
    int plane = (int) (set.height() * set.width());
    float[][] planes = new float[(int) set.channels()][plane];
    for (float[] values : planes) {
      pictures.get(values);
      for (int i = 0; i < plane; i++) {
        values[i] = 2 * (values[i] - low) / (high - low) - 1;
      }
    }
    return features.of(planes, (int) set.height(), (int) set.width());
  }
}
