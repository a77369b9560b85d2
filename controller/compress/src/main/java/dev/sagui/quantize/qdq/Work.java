/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;

/** How much a layer multiplies, to weigh its harm against. */
final class Work {
  private Work() {}

  /**
   * Multiplications of a layer.
   *
   * @param outputs elements that it gave
   */
  static double of(Graph graph, Node layer, double outputs) {
    List<Long> dims = graph.constant(layer.input(1)).orElseThrow().getDimsList();
    return weights(graph, layer) / dims.get(LayerRows.channelAxis(layer)) * outputs;
  }

  /** Numbers in a layer's weight. */
  static double weights(Graph graph, Node layer) {
    List<Long> dims = graph.constant(layer.input(1)).orElseThrow().getDimsList();
    return dims.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
  }
}
