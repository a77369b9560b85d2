/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;

/** Removes nodes and initializers that no output of the graph depends on. */
public final class DeadCode implements Pass {
  @Override
  public String name() {
    return "dead-nodes";
  }

  @Override
  public int apply(Bench bench) {
    return remove(bench.graph());
  }

  /** Takes out of a graph what no output needs; how many nodes and constants. */
  public static int remove(Graph graph) {
    int removed = 0;
    List<Node> nodes = graph.nodes();
    boolean again = true;
    while (again) {
      again = false;
      for (int i = nodes.size() - 1; i >= 0; i--) { // users stand after what they use
        Node node = nodes.get(i);
        if (node.outputs().stream().noneMatch(graph::isUsed)) {
          graph.remove(node);
          removed++;
          again = true;
        }
      }
      nodes = graph.nodes();
    }
    for (String name : graph.initializers()) {
      if (!graph.isUsed(name) && !graph.isInput(name)) {
        graph.removeInitializer(name);
        removed++;
      }
    }
    return removed;
  }
}
