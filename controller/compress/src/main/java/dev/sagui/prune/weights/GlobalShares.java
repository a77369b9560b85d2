/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What share each layer loses when one threshold of |w| holds for all; by histograms. */
final class GlobalShares {
  /** Sign and the last 16 bits of a float32's mantissa are left out. */
  private static final int DROPPED_BITS = 16;

  private static final int BINS = 1 << (Integer.SIZE - 1 - DROPPED_BITS);

  private GlobalShares() {}

  /** Reads each weight once. */
  static Map<String, Double> of(OnnxModel model, List<Prunable> layers, double ratio)
      throws IOException {
    Map<String, int[]> counts = new LinkedHashMap<>();
    long[] all = new long[BINS];
    long elements = 0;
    for (Prunable layer : layers) {
      int[] own = new int[BINS];
      model
          .payload(layer.tensor())
          .read(block -> count(block.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(), own));
      counts.put(layer.name(), own);
      for (int bin = 0; bin < BINS; bin++) {
        all[bin] += own[bin];
      }
      elements += layer.elements();
    }
    long wanted = Math.round(ratio * elements);
    long below = 0;
    int cut = 0;
    while (cut < BINS - 1 && below + all[cut] <= wanted) {
      below += all[cut++];
    }
    double part = all[cut] == 0 ? 0 : (double) (wanted - below) / all[cut];
    Map<String, Double> shares = new LinkedHashMap<>();
    for (Prunable layer : layers) {
      shares.put(layer.name(), share(counts.getOrDefault(layer.name(), new int[BINS]), cut, part));
    }
    return shares;
  }

  private static void count(FloatBuffer values, int[] counts) {
    while (values.hasRemaining()) {
      counts[(Float.floatToRawIntBits(values.get()) & Integer.MAX_VALUE) >>> DROPPED_BITS]++;
    }
  }

  private static double share(int[] counts, int cut, double part) {
    double below = part * counts[cut];
    long all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      below += bin < cut ? counts[bin] : 0;
      all += counts[bin];
    }
    return below / all;
  }
}
