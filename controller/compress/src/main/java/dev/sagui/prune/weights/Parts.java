/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph's nodes in order, cut before each layer whose input differs from that of the layer
 * before, so that a layer's input is there when its part begins.
 */
final class Parts {
  private final List<List<Node>> nodes = new ArrayList<>(List.of(new ArrayList<>()));
  private final List<List<Prunable>> layers = new ArrayList<>(List.of(new ArrayList<>()));
  private final Map<String, Integer> lastUse = new HashMap<>();

  private Parts() {}

  /**
   * @param wanted each is of one part
   */
  static Parts of(Graph graph, List<Prunable> wanted) {
    Map<Node, List<Prunable>> byNode = new HashMap<>();
    wanted.forEach(
        layer -> byNode.computeIfAbsent(layer.node(), node -> new ArrayList<>()).add(layer));
    Parts parts = new Parts();
    String input = "";
    for (Node node : graph.nodes()) {
      List<Prunable> own = byNode.getOrDefault(node, List.of());
      if (!own.isEmpty() && !node.input(0).equals(input)) {
        input = node.input(0);
        parts.nodes.add(new ArrayList<>());
        parts.layers.add(new ArrayList<>());
      }
      int last = parts.nodes.size() - 1;
      parts.nodes.get(last).add(node);
      parts.layers.get(last).addAll(own);
      node.uses().forEach(value -> parts.lastUse.put(value, last));
    }
    return parts;
  }

  int count() {
    return nodes.size();
  }

  List<Node> nodes(int part) {
    return nodes.get(part);
  }

  List<Prunable> layers(int part) {
    return layers.get(part);
  }

  /** Values that parts behind this one use. */
  Set<String> needed(int part) {
    Set<String> needed = new HashSet<>();
    lastUse.forEach(
        (value, last) -> {
          if (last > part) {
            needed.add(value);
          }
        });
    return needed;
  }
}
