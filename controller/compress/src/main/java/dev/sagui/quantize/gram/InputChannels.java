/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What samples show of each channel, the last axis, of an activation.
 *
 * @param largest max |x|, [channels]
 * @param power E[x²], [channels]
 */
@SuppressWarnings("ArrayRecordComponent")
public record InputChannels(double[] largest, double[] power) {
  /**
   * Streams the samples; memory is a few numbers for each channel, and those of one batch.
   *
   * @param channels of each activation by its name
   * @return those that were seen
   * @throws dev.sagui.failure.RejectedException as {@link dev.sagui.run.Taps#forEach}
   * @throws IOException the disk failed or is full
   */
  public static Map<String, InputChannels> of(
      OnnxModel model, Map<String, Integer> channels, Samples samples, int threads)
      throws IOException {
    Map<String, Sums> sums = new LinkedHashMap<>();
    channels.forEach((name, count) -> sums.put(name, new Sums(count)));
    InputValues.forEach(
        model,
        channels.keySet(),
        samples,
        threads,
        value -> sums.computeIfPresent(value.name(), (name, sum) -> sum.plus(value.floats())));
    Map<String, InputChannels> found = new LinkedHashMap<>();
    sums.forEach((name, sum) -> found.put(name, sum.channels()));
    return found;
  }

  private static final class Sums {
    private final double[] largest;
    private final double[] squares;
    private long rows;

    Sums(int channels) {
      this.largest = new double[channels];
      this.squares = new double[channels];
    }

    Sums plus(float[] values) {
      for (int at = 0; at < values.length; at += largest.length) {
        for (int i = 0; i < largest.length; i++) {
          double x = values[at + i];
          largest[i] = Math.max(largest[i], Math.abs(x));
          squares[i] += x * x;
        }
      }
      rows += values.length / largest.length;
      return this;
    }

    InputChannels channels() {
      double[] power = new double[squares.length];
      for (int i = 0; i < power.length; i++) {
        power[i] = squares[i] / Math.max(1, rows);
      }
      return new InputChannels(largest, power);
    }
  }
}
