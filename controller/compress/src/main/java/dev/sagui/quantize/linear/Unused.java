/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;

/** Removes what replaced nodes leave behind. */
public final class Unused {
  private Unused() {}

  /** Drops Transposes and constants that nothing uses. */
  public static void remove(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.is("Transpose") && !graph.isUsed(node.output(0))) {
        graph.remove(node);
      }
    }
    for (String name : graph.initializers()) {
      if (!graph.isUsed(name) && !graph.isInput(name)) {
        graph.removeInitializer(name);
      }
    }
  }
}
