/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import java.util.List;

/**
 * The rows of a weight that {@link LayerInput}'s vectors are multiplied with: element j of row r
 * lies at {@code first(r) + j · stride}.
 *
 * @param count rows of all groups
 * @param perGroup rows of one group of a convolution
 * @param groupStep elements from one group to the next
 * @param rowStep elements from one row of a group to the next
 */
public record WeightRows(int count, int perGroup, long groupStep, long rowStep, int stride) {
  public static WeightRows of(LayerInput input) {
    List<Long> dims = input.weightDims();
    int elements = Math.toIntExact(dims.stream().reduce(1L, (a, b) -> a * b));
    int count = elements / input.size();
    int perGroup = count / input.groups();
    boolean turned = input.node().integer("transB", 0) == 1;
    return input.node().is("Conv") || (input.node().is("Gemm") && turned)
        ? new WeightRows(count, perGroup, (long) perGroup * input.size(), input.size(), 1)
        : new WeightRows(count, perGroup, (long) perGroup * input.size(), 1, perGroup);
  }

  public int group(int row) {
    return row / perGroup;
  }

  /** Where row {@code row} begins. */
  public int first(int row) {
    return (int) (group(row) * groupStep + (row % perGroup) * rowStep);
  }
}
