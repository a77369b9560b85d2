/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import java.util.Comparator;
import java.util.List;

/**
 * An allocation as a model.
 *
 * @param widths of the groups
 * @param error at the outputs on held-out samples
 * @param ratio of its time to the input's; 0 where no time was asked for
 */
record Made(
    Allocation.Choice choice,
    List<Ranking.Width> widths,
    OnnxModel model,
    double error,
    double ratio) {
  Made {
    widths = List.copyOf(widths);
  }

  PrunedModel.Tried told() {
    List<Integer> left = widths.stream().map(Ranking.Width::width).toList();
    return new PrunedModel.Tried(left, choice.error(), error, ratio);
  }

  /**
   * The best first: those that take no longer than asked for, which all do where no time was, then
   * by error.
   */
  static Comparator<Made> order(double mostRatio) {
    return Comparator.comparing((Made each) -> each.ratio() > mostRatio)
        .thenComparingDouble(Made::error);
  }
}
