/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.List;

/** Nodes that bring rows [M, K] to the experts that they chose, and what those give back. */
final class Dispatch {
  private final Graph graph;
  private final String name;
  private final int count;
  private final String chosen;
  private final String byExpert;

  private Dispatch(Graph graph, String name, int count, String chosen, String byExpert) {
    this.graph = graph;
    this.name = name;
    this.count = count;
    this.chosen = chosen;
    this.byExpert = byExpert;
  }

  /**
   * @param scores [count, M]
   * @param active experts of each row
   */
  static Dispatch of(Graph graph, String name, int count, String scores, int active) {
    Dispatch plain = new Dispatch(graph, name, count, graph.freshName(name + "_chosen"), "");
    graph.add(
        NodeBuilder.of("TopK")
            .inputs(scores, plain.longs("active", active))
            .output(graph.freshName(name + "_top"))
            .output(plain.chosen)
            .with("axis", 0)
            .build());
    return new Dispatch(graph, name, count, plain.chosen, plain.marked());
  }

  /** Whether a row chose an expert, [count, M], as 0 and 1. */
  private String marked() {
    String marks = graph.freshName(name + "_marks");
    graph.add(
        NodeBuilder.of("OneHot")
            .inputs(chosen, scalar("count", count), longs("no_yes", 0, 1))
            .output(marks)
            .with("axis", 0)
            .build());
    return summed(marks, "by_expert", 1);
  }

  /**
   * The rows of each expert, [rows that chose it, K].
   *
   * @param rows [M, K]
   */
  List<String> rows(String rows) {
    String where = node("NonZero", "where", byExpert);
    String order = node("Gather", "order", where, scalar("second", 1));
    NodeBuilder split =
        NodeBuilder.of("Split")
            .inputs(node("Gather", "sorted", rows, order), summed(byExpert, "counts", 1))
            .with("axis", 0);
    List<String> parts = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      parts.add(graph.freshName(name + "_expert" + e + "_rows"));
      split.output(parts.get(e));
    }
    graph.add(split.build());
    return parts;
  }

  /**
   * The sum of what its experts gave for each row, [M, N].
   *
   * @param results of each expert, in the order of its rows
   */
  String added(String[] results) {
    String all = graph.freshName(name + "_results");
    graph.add(NodeBuilder.of("Concat").inputs(results).output(all).with("axis", 0).build());
    String line = node("Reshape", "marks_line", byExpert, longs("line", -1));
    String ranks = graph.freshName(name + "_ranks");
    graph.add(
        NodeBuilder.of("CumSum")
            .inputs(line, scalar("axis", 0))
            .output(ranks)
            .with("exclusive", 1)
            .build());
    String plane = node("Reshape", "ranks_by_expert", ranks, longs("plane", count, -1));
    String at = graph.freshName(name + "_at");
    graph.add(
        NodeBuilder.of("GatherElements").inputs(plane, chosen).output(at).with("axis", 0).build());
    return summed(node("Gather", "given", all, at), "sum", 0);
  }

  /** The sum along an axis, which goes. */
  private String summed(String value, String hint, int axis) {
    String sum = graph.freshName(name + "_" + hint);
    graph.add(
        NodeBuilder.of("ReduceSum")
            .inputs(value, longs("along" + axis, axis))
            .output(sum)
            .with("keepdims", 0)
            .build());
    return sum;
  }

  private String scalar(String hint, long value) {
    return graph.addConstant(name + "_" + hint, TensorValues.longs(List.of(), value));
  }

  private String longs(String hint, long... values) {
    return graph.addConstant(name + "_" + hint, TensorValues.longs(values));
  }

  private String node(String operator, String hint, String... inputs) {
    String output = graph.freshName(name + "_" + hint);
    graph.add(NodeBuilder.of(operator).inputs(inputs).output(output).build());
    return output;
  }
}
