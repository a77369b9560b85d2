/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.List;
import java.util.Map;

/** Operators that take or put elements by indices; an index taken twice gets both gradients. */
final class IndexRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "Gather", IndexRules::gather,
          "GatherElements", IndexRules::gatherElements,
          "GatherND", IndexRules::gatherTuples,
          "ScatterElements", IndexRules::scatterElements,
          "ScatterND", IndexRules::scatterTuples,
          "TopK", IndexRules::largest);

  private IndexRules() {}

  /** Rows of the axis, which comes to the front for this, each added to where it came from. */
  private static void gather(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> shape = to.inputShape(0);
    int axis = LayoutRules.axis(node.integer("axis", 0), shape.size());
    List<Long> indices = to.inputShape(1);
    String places = e.reshape(node.input(1), List.of(-1L, 1L));
    List<Long> split = List.of(before(shape, axis), Backward.product(indices), after(shape, axis));
    String rows = e.transpose(e.reshape(to.dy(), split), 1, 0, 2);
    String zeros = e.zeros(List.of(shape.get(axis), split.get(0), split.get(2)));
    String back = e.node(adding("ScatterND").inputs(zeros, places, rows));
    to.give(0, e.reshape(e.transpose(back, 1, 0, 2), shape));
  }

  private static long before(List<Long> shape, int axis) {
    return Backward.product(shape.subList(0, axis));
  }

  private static long after(List<Long> shape, int axis) {
    return Backward.product(shape.subList(axis + 1, shape.size()));
  }

  private static NodeBuilder adding(String scatter) {
    return NodeBuilder.of(scatter).with("reduction", "add");
  }

  private static void gatherElements(Node node, Backward to) {
    to.give(
        0,
        to.emit()
            .node(
                adding("ScatterElements")
                    .inputs(to.emit().zeros(to.inputShape(0)), node.input(1), to.dy())
                    .with("axis", node.integer("axis", 0))));
  }

  private static void gatherTuples(Node node, Backward to) {
    if (node.integer("batch_dims", 0) != 0) {
      throw to.refused("its batch_dims is not 0");
    }
    String zeros = to.emit().zeros(to.inputShape(0));
    to.give(0, to.emit().node(adding("ScatterND").inputs(zeros, node.input(1), to.dy())));
  }

  /** What was put in its place hides data; what was added does not. */
  private static void scatterElements(Node node, Backward to) {
    Emitter e = to.emit();
    long axis = node.integer("axis", 0);
    String indices = node.input(1);
    if (to.wants(0)) {
      NodeBuilder hide = NodeBuilder.of("ScatterElements").with("axis", axis);
      to.give(
          0,
          adds(node, to)
              ? to.dy()
              : e.node(hide.inputs(to.dy(), indices, e.zeros(to.inputShape(2)))));
    }
    if (to.wants(2)) {
      NodeBuilder take = NodeBuilder.of("GatherElements").with("axis", axis);
      to.give(2, e.node(take.inputs(to.dy(), indices)));
    }
  }

  private static void scatterTuples(Node node, Backward to) {
    Emitter e = to.emit();
    if (to.wants(0)) {
      to.give(
          0,
          adds(node, to)
              ? to.dy()
              : e.node("ScatterND", to.dy(), node.input(1), e.zeros(to.inputShape(2))));
    }
    if (to.wants(2)) {
      to.give(2, e.node("GatherND", to.dy(), node.input(1)));
    }
  }

  private static boolean adds(Node node, Backward to) {
    String reduction = node.text("reduction", "none");
    if (!reduction.equals("none") && !reduction.equals("add")) {
      throw to.refused("its reduction is '%s', expected none or add".formatted(reduction));
    }
    return reduction.equals("add");
  }

  private static void largest(Node node, Backward to) {
    Emitter e = to.emit();
    NodeBuilder put = NodeBuilder.of("ScatterElements").with("axis", node.integer("axis", -1));
    String indices = to.extraOutput(1);
    to.give(0, e.node(put.inputs(e.zeros(to.inputShape(0)), indices, to.dy())));
  }
}
