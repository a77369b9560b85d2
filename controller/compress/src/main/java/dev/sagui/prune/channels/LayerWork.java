/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Multiplications of a layer as a function of its groups' widths.
 *
 * @param kind of operator and kernel, for fits of time
 * @param perWeight times that each weight is used in the run
 * @param rows and columns of its weights
 * @param rest of its weights' elements for each row and column
 * @param outputs positions of the output for each channel
 */
record LayerWork(
    Node node,
    String kind,
    double perWeight,
    Count rows,
    Count columns,
    double rest,
    Count given,
    double outputs) {
  private static final Set<String> LAYERS = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");

  /** Positions of an axis that are left. */
  record Count(int fixed, List<Integer> each) {
    double at(int[] widths) {
      double count = fixed;
      for (int i = 0; i < widths.length; i++) {
        count += each.get(i) * (double) widths[i];
      }
      return count;
    }
  }

  static List<LayerWork> of(DependencyGraph dependencies, List<ChannelGroup> groups) {
    List<LayerWork> all = new ArrayList<>();
    for (Node node : dependencies.graph().nodes()) {
      if (node.isStandard() && LAYERS.contains(node.op())) {
        of(dependencies, groups, node).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<LayerWork> of(
      DependencyGraph dependencies, List<ChannelGroup> groups, Node node) {
    Graph graph = dependencies.graph();
    Optional<TensorProto> weight =
        graph.constant(node.input(1)).filter(tensor -> tensor.getDimsCount() >= 2);
    if (weight.isEmpty()) {
      return Optional.empty();
    }
    List<Axis> axes = dependencies.layout(node.input(1));
    boolean transposed = node.is("ConvTranspose");
    boolean image = transposed || node.is("Conv");
    List<Long> counted = dependencies.shape(transposed ? node.input(0) : node.output(0));
    double positions = product(counted) / counted.get(image ? 1 : counted.size() - 1);
    int given = transposed ? 1 : image || node.integer("transB", 0) == 1 ? 0 : 1;
    List<Long> out = dependencies.shape(node.output(0));
    double rest = product(weight.get().getDimsList().subList(2, axes.size()));
    return Optional.of(
        new LayerWork(
            node,
            node.op() + (rest > 1 ? " k" : "") + (node.integer("group", 1) > 1 ? " grouped" : ""),
            positions,
            count(groups, axes.get(0), node.input(1), 0),
            count(groups, axes.get(1), node.input(1), 1),
            rest,
            count(groups, axes.get(given), node.input(1), given),
            product(out) / out.get(image ? 1 : out.size() - 1)));
  }

  private static Count count(List<ChannelGroup> groups, Axis axis, String weight, int index) {
    List<Integer> each = new ArrayList<>();
    int fixed = axis.length();
    for (ChannelGroup group : groups) {
      int positions = group.positions(weight, index);
      each.add(positions);
      fixed -= positions * group.width();
    }
    return new Count(fixed, each);
  }

  private static double product(List<Long> dims) {
    return dims.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
  }

  /** Multiplications and additions, counted as one, in the run. */
  double macs(int[] widths) {
    return perWeight * rows.at(widths) * columns.at(widths) * rest;
  }

  /** Elements that it gives. */
  double elements(int[] widths) {
    return outputs * given.at(widths);
  }
}
