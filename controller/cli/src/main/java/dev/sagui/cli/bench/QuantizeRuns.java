/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cuts the inputs of one run into runs of fewer samples. */
final class QuantizeRuns {
  private QuantizeRuns() {}

  /**
   * @param inputs each [N, …]
   * @param batch samples of a run; the last may have fewer
   */
  static List<List<Tensor>> split(List<Tensor> inputs, int batch) {
    int count = Math.toIntExact(inputs.get(0).shape().get(0));
    List<List<Tensor>> runs = new ArrayList<>();
    for (int from = 0; from < count; from += batch) {
      int start = from;
      int size = Math.min(batch, count - from);
      runs.add(inputs.stream().map(input -> rows(input, start, size)).toList());
    }
    return runs;
  }

  private static Tensor rows(Tensor tensor, int from, int count) {
    List<Long> shape = new ArrayList<>(tensor.shape());
    int row = Math.toIntExact(tensor.data().remaining() / shape.get(0));
    shape.set(0, (long) count);
    ByteBuffer data = tensor.data().position(from * row).limit((from + count) * row);
    return new Tensor(tensor.name(), tensor.type(), shape, data);
  }
}
