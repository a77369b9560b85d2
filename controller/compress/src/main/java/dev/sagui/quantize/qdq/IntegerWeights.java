/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import com.google.protobuf.ByteString;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Payload;
import dev.sagui.quantize.ChannelLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A layer's weights as int8, symmetric, with a scale for each output channel: w ≈ scale · q.
 *
 * @param scales one a channel
 * @param levels in the order of the weights
 */
record IntegerWeights(float[] scales, byte[] levels) {
  private static final int HEAP_BYTES = 1 << 20;

  /** A bias is an int32 of steps scale · input's scale; this leaves it a bit of headroom. */
  private static final double MAX_BIAS_STEPS = 1 << 30;

  /**
   * @param most levels go from −most to most
   * @param bias one a channel, or empty
   * @param inputScale of the activations that the weights meet
   */
  static IntegerWeights of(
      float[] weights, ChannelLayout layout, int most, double[] bias, float inputScale) {
    float[] scales = new float[layout.channels()];
    each(layout, (i, channel) -> scales[channel] = Math.max(scales[channel], Math.abs(weights[i])));
    for (int c = 0; c < scales.length; c++) {
      double least = bias.length == 0 ? 0 : Math.abs(bias[c]) / (inputScale * MAX_BIAS_STEPS);
      scales[c] = (float) Math.max(Math.max(scales[c] / most, least), Float.MIN_NORMAL);
    }
    byte[] levels = new byte[weights.length];
    each(
        layout,
        (i, channel) -> {
          long level = Math.round((double) weights[i] / scales[channel]);
          levels[i] = (byte) Math.max(-most, Math.min(most, level));
        });
    return new IntegerWeights(scales, levels);
  }

  /** Whether a bias fits int32 in steps of scale · input's scale. */
  boolean holds(double[] bias, float inputScale) {
    for (int c = 0; c < bias.length; c++) {
      if (Math.abs(bias[c]) > scales[c] * (double) inputScale * MAX_BIAS_STEPS) {
        return false;
      }
    }
    return true;
  }

  private interface Element {
    void at(int index, int channel);
  }

  private static void each(ChannelLayout layout, Element element) {
    int inner = Math.toIntExact(layout.inner());
    int index = 0;
    for (long o = 0; o < layout.outer(); o++) {
      for (int c = 0; c < layout.channels(); c++) {
        for (int i = 0; i < inner; i++) {
          element.at(index++, c);
        }
      }
    }
  }

  /** The bias in steps of scale · input's scale. */
  int[] bias(double[] bias, float inputScale) {
    int[] steps = new int[bias.length];
    for (int c = 0; c < steps.length; c++) {
      steps[c] = (int) Math.round(bias[c] / ((double) scales[c] * inputScale));
    }
    return steps;
  }

  /** The levels, on the heap when they are few, else in a file of {@code scratch}. */
  Payload payload(Scratch scratch) throws IOException {
    if (levels.length <= HEAP_BYTES) {
      return Payload.of(ByteString.copyFrom(levels));
    }
    Path file = scratch.next();
    Files.write(file, levels);
    return new FileSpan(file, 0, levels.length);
  }
}
