/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Mean and largest magnitude of each channel of a value, in memory for the channels alone. */
public final class ChannelStatistics {
  private double[] sums = new double[0];
  private float[] largest = new float[0];
  private long each;

  /**
   * One pass over the samples.
   *
   * @param axes of the channels, by the name of a value that a node gives; negative counts from the
   *     end
   * @return by name; values that are not float32, or lack that axis, or change their number of
   *     channels have none
   */
  public static Map<String, ChannelStatistics> collect(
      OnnxModel model, Map<String, Integer> axes, Samples samples, int threads) throws IOException {
    Map<String, ChannelStatistics> all = new LinkedHashMap<>();
    axes.keySet().forEach(name -> all.put(name, new ChannelStatistics()));
    try (Taps taps = Taps.of(model, axes.keySet(), threads)) {
      taps.forEach(
          samples,
          value -> {
            ChannelStatistics statistics = all.get(value.name());
            if (statistics != null && !statistics.add(value, axes.getOrDefault(value.name(), 0))) {
              all.remove(value.name());
            }
          });
    }
    all.values().removeIf(statistics -> statistics.each == 0);
    return all;
  }

  /** Adds a batch; whether it has such channels. */
  boolean add(Tensor value, int axis) {
    int rank = value.shape().size();
    int at = axis < 0 ? axis + rank : axis;
    if (value.type() != DataType.FP32 || at < 0 || at >= rank) {
      return false;
    }
    int channels = Math.toIntExact(value.shape().get(at));
    if (sums.length == 0) {
      sums = new double[channels];
      largest = new float[channels];
    }
    if (channels != sums.length) {
      return false;
    }
    long inner = value.shape().subList(at + 1, rank).stream().reduce(1L, (a, b) -> a * b);
    FloatBuffer data = value.data().asFloatBuffer();
    each += channels == 0 ? 0 : data.remaining() / channels;
    while (data.hasRemaining()) {
      for (int c = 0; c < channels; c++) {
        addRun(data, c, inner);
      }
    }
    return true;
  }

  private void addRun(FloatBuffer data, int channel, long count) {
    double sum = 0;
    float most = largest[channel];
    for (long i = 0; i < count; i++) {
      float x = data.get();
      sum += x;
      most = Math.max(most, Math.abs(x));
    }
    sums[channel] += sum;
    largest[channel] = most;
  }

  /** The mean of each channel; not finite where an element was not. */
  public double[] means() {
    double[] means = new double[sums.length];
    for (int c = 0; c < means.length; c++) {
      means[c] = sums[c] / each;
    }
    return means;
  }

  /** The largest magnitude in each channel. */
  public float[] largest() {
    return largest.clone();
  }
}
