/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.quantize.linear.WeightGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The matrices of a graph in the order in which a run first uses them. */
final class InOrder {
  private InOrder() {}

  static List<WeightGroup> of(Graph graph) {
    List<Node> nodes = graph.nodes();
    java.util.Map<Node, Integer> place = new java.util.HashMap<>();
    for (Node node : nodes) {
      place.put(node, place.size());
    }
    List<WeightGroup> groups = new ArrayList<>(WeightGroup.all(graph));
    groups.sort(Comparator.comparingInt(group -> first(group, place)));
    return groups;
  }

  private static int first(WeightGroup group, java.util.Map<Node, Integer> place) {
    int first = Integer.MAX_VALUE;
    for (var layer : group.layers()) {
      first = Math.min(first, place.getOrDefault(layer.node(), first));
    }
    for (Node gather : group.gathers()) {
      first = Math.min(first, place.getOrDefault(gather, first));
    }
    return first;
  }
}
