/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Weights of layers that are computed, when a model is loaded, from constants of fewer bits. */
final class StoredWeights {
  private static final Set<String> LAYERS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN");

  private static final Set<ElementType> FEW_BITS =
      Set.of(
          ElementType.INT8,
          ElementType.UINT8,
          ElementType.INT4,
          ElementType.UINT4,
          ElementType.FLOAT16,
          ElementType.BFLOAT16);

  private StoredWeights() {}

  /** Their names, in the order of the graph. */
  static List<String> in(OnnxModel model) {
    Graph graph = new Graph(model);
    Map<String, Boolean> fewBits = new HashMap<>(); // of values that constants alone give
    for (String name : graph.initializers()) {
      graph
          .constant(name)
          .ifPresent(t -> fewBits.put(name, FEW_BITS.contains(ElementType.of(t.getDataType()))));
    }
    List<String> stored = new ArrayList<>();
    for (Node node : graph.nodesInOrder()) {
      if (LAYERS.contains(node.op()) && node.hasInput(1)) {
        String weight = node.input(1);
        if (graph.constant(weight).isEmpty() && fewBits.getOrDefault(weight, false)) {
          stored.add(weight);
        }
      }
      if (!node.uses().isEmpty() && fewBits.keySet().containsAll(node.uses())) {
        boolean any = node.uses().stream().anyMatch(name -> fewBits.getOrDefault(name, false));
        node.outputs().forEach(output -> fewBits.put(output, any));
      }
    }
    return stored;
  }
}
