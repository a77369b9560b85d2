/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

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
   * @param scores [M, count]
   * @param active experts of each row
   */
  static Dispatch of(Graph graph, String name, int count, String scores, int active) {
    Dispatch plain = new Dispatch(graph, name, count, graph.freshName(name + "_chosen"), "");
    String values = graph.freshName(name + "_top");
    graph.add(
        NodeBuilder.of("TopK")
            .inputs(scores, plain.longs("active", active))
            .output(values)
            .output(plain.chosen)
            .build());
    return new Dispatch(graph, name, count, plain.chosen, plain.marked());
  }

  /** Whether a row chose an expert, [count, M], as 0 and 1 in int32. */
  private String marked() {
    String apart = node("Unsqueeze", "chosen_apart", chosen, longs("two", 2));
    String experts =
        graph.addConstant(
            name + "_experts",
            TensorValues.longs(
                List.of(1L, 1L, (long) count), LongStream.range(0, count).toArray()));
    String equal = node("Equal", "is_expert", apart, experts);
    String marks = cast(equal, ElementType.INT32);
    return turned(summed(marks, "marks"));
  }

  /**
   * The rows of each expert, [rows that chose it, K].
   *
   * @param rows [M, K]
   */
  List<String> rows(String rows) {
    String sums = summed(byExpert, "counts");
    String counts = cast(sums, ElementType.INT64);
    String where = node("NonZero", "where", byExpert);
    String second = graph.addConstant(name + "_second", TensorValues.longs(List.of(), 1));
    String sorted = node("Gather", "sorted", rows, node("Gather", "order", where, second));
    NodeBuilder split = NodeBuilder.of("Split").inputs(sorted, counts).with("axis", 0);
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
    String axis = graph.addConstant(name + "_axis", TensorValues.longs(List.of(), 0));
    graph.add(
        NodeBuilder.of("CumSum").inputs(line, axis).output(ranks).with("exclusive", 1).build());
    String byRow = turned(node("Reshape", "ranks_by_expert", ranks, longs("plane", count, -1)));
    String at = graph.freshName(name + "_at");
    graph.add(
        NodeBuilder.of("GatherElements").inputs(byRow, chosen).output(at).with("axis", 1).build());
    String given = node("Gather", "given", all, at);
    return summed(given, "sum");
  }

  /** The sum along axis 1, which goes. */
  private String summed(String value, String hint) {
    String sum = graph.freshName(name + "_" + hint);
    graph.add(
        NodeBuilder.of("ReduceSum")
            .inputs(value, longs("one", 1))
            .output(sum)
            .with("keepdims", 0)
            .build());
    return sum;
  }

  private String turned(String value) {
    String turned = graph.freshName(value + "_turned");
    graph.add(NodeBuilder.of("Transpose").inputs(value).output(turned).with("perm", 1, 0).build());
    return turned;
  }

  private String cast(String value, ElementType type) {
    String cast = graph.freshName(value + "_" + type.name().toLowerCase(java.util.Locale.ROOT));
    graph.add(
        NodeBuilder.of("Cast").inputs(value).output(cast).with("to", (long) type.number()).build());
    return cast;
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
