/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A layer's weights by its channels: for each of one axis all that lies along the others. */
final class ChannelMatrix {
  private final float[] values;
  private final List<Long> dims;
  private final int axis;
  private final int outputAxis;

  private ChannelMatrix(float[] values, List<Long> dims, int axis, int outputAxis) {
    this.values = values;
    this.dims = dims;
    this.axis = axis;
    this.outputAxis = outputAxis;
  }

  /**
   * @param given whether by the channels that it gives, not those that it takes
   */
  static ChannelMatrix of(Bench bench, Layer layer, boolean given) throws IOException {
    boolean first =
        switch (layer.node().op()) {
          case "ConvTranspose" -> false;
          case "Gemm" -> layer.node().integer("transB", 0) == 1;
          default -> true;
        };
    int outputs = first ? 0 : 1;
    return new ChannelMatrix(
        TensorValues.floats(bench.model(), layer.weight()),
        layer.weight().getDimsList(),
        given ? outputs : 1 - outputs,
        outputs);
  }

  private int channels() {
    return dims.get(axis).intValue();
  }

  /** Elements behind one position of an axis. */
  private int inner(int of) {
    return dims.stream().skip(of + 1L).mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
  }

  float[][] rows() {
    float[][] rows = new float[channels()][values.length / channels()];
    int[] filled = new int[channels()];
    int inner = inner(axis);
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % channels();
      rows[channel][filled[channel]++] = values[i];
    }
    return rows;
  }

  /** Adds a share of one channel's weights to another's. */
  void add(int from, double share, int to) {
    int inner = inner(axis);
    int step = (to - from) * inner;
    for (int i = 0; i < values.length; i++) {
      if (i / inner % channels() == from) {
        values[i + step] += (float) (share * values[i]);
      }
    }
  }

  /** Adds to each output what a channel that is the same everywhere gives. */
  void addTo(double[] bias, int channel, double constant) {
    int inner = inner(axis);
    int outer = inner(outputAxis);
    for (int i = 0; i < values.length; i++) {
      if (i / inner % channels() == channel) {
        bias[i / outer % bias.length] += constant * values[i];
      }
    }
  }

  /** A tensor of float32 without some channels. */
  TensorProto without(Set<Integer> spare) {
    int inner = inner(axis);
    List<Long> left = new ArrayList<>(dims);
    left.set(axis, (long) channels() - spare.size());
    double[] kept = new double[values.length / channels() * (channels() - spare.size())];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      if (!spare.contains(i / inner % channels())) {
        kept[at++] = values[i];
      }
    }
    return TensorValues.floats(left, kept);
  }
}
