/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sums and means over axes. */
final class ReduceRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "ReduceSum", (node, to) -> to.give(0, spread(node, to)), "ReduceMean", ReduceRules::mean);

  private ReduceRules() {}

  private static void mean(Node node, Backward to) {
    double share = (double) Backward.product(to.outputShape()) / Backward.product(to.inputShape(0));
    to.give(0, to.emit().multiply(spread(node, to), share));
  }

  /** The gradient of the sum, once for each element that went into it. */
  private static String spread(Node node, Backward to) {
    List<Long> shape = to.inputShape(0);
    List<Long> kept = new ArrayList<>(shape);
    for (long axis : axes(node, to, shape.size())) {
      kept.set(LayoutRules.axis(axis, shape.size()), 1L);
    }
    Emitter e = to.emit();
    return e.node("Expand", e.reshape(to.dy(), kept), e.longs(Emitter.array(shape)));
  }

  /** From the attribute or, since opset 13 and 18, the input; all where neither says. */
  private static long[] axes(Node node, Backward to, int rank) {
    long[] axes = to.integers(1, Emitter.array(node.integers("axes")));
    boolean told = axes.length > 0 || node.integer("noop_with_empty_axes", 0) == 1;
    return told ? axes : LayoutRules.range(rank);
  }
}
