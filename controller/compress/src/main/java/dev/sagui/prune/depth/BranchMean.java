/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.TensorValues;
import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The mean of what a branch gives, by channel. */
final class BranchMean {
  private final int channelAxis;
  private double[] sums = new double[0];
  private int after;
  private long count;

  /**
   * @param channelAxis −1 for the last
   */
  BranchMean(int channelAxis) {
    this.channelAxis = channelAxis;
  }

  void add(Tensor value) {
    List<Long> shape = value.shape();
    int axis = Math.floorMod(channelAxis, shape.size());
    int channels = shape.get(axis).intValue();
    sums = sums.length == 0 ? new double[channels] : sums;
    after = shape.size() - 1 - axis;
    int inner =
        shape.subList(axis + 1, shape.size()).stream()
            .mapToInt(Long::intValue)
            .reduce(1, (a, b) -> a * b);
    float[] values = value.floats();
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % channels] += values[i];
    }
    count += values.length / channels;
  }

  /** [C, 1, …], to be added to a value of the branch's shape. */
  TensorProto constant() {
    List<Long> dims = new ArrayList<>(List.of((long) sums.length));
    dims.addAll(Collections.nCopies(after, 1L));
    double[] means = Arrays.stream(sums).map(sum -> sum / Math.max(1, count)).toArray();
    return TensorValues.floats(dims, means);
  }
}
