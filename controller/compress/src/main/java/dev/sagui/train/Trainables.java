/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which initializers of a model are weights, and not numbers that belong to its arithmetic. */
public final class Trainables {
  /** By operator the inputs that may be weights. */
  private static final Map<String, Set<Integer>> WEIGHTS =
      Map.ofEntries(
          Map.entry("Conv", Set.of(1, 2)),
          Map.entry("ConvTranspose", Set.of(1, 2)),
          Map.entry("Gemm", Set.of(0, 1, 2)),
          Map.entry("MatMul", Set.of(0, 1)),
          Map.entry("FusedMatMul", Set.of(0, 1)),
          Map.entry("BatchNormalization", Set.of(1, 2)),
          Map.entry("InstanceNormalization", Set.of(1, 2)),
          Map.entry("LayerNormalization", Set.of(1, 2)),
          Map.entry("GroupNormalization", Set.of(1, 2)),
          Map.entry("SimplifiedLayerNormalization", Set.of(1)),
          Map.entry("SkipLayerNormalization", Set.of(2, 3, 4)),
          Map.entry("SkipSimplifiedLayerNormalization", Set.of(2, 3)),
          Map.entry("BiasGelu", Set.of(1)),
          Map.entry("FastGelu", Set.of(1)),
          Map.entry("PRelu", Set.of(1)),
          Map.entry("LSTM", Set.of(1, 2, 3)),
          Map.entry("GRU", Set.of(1, 2, 3)),
          Map.entry("Gather", Set.of(0)),
          Map.entry("Add", Set.of(0, 1)),
          Map.entry("Div", Set.of(0)),
          Map.entry("Mul", Set.of(0, 1)));

  private Trainables() {}

  /**
   * The weights by name with their shapes, in the order of the nodes that use them.
   *
   * @param wanted of the names
   */
  public static Map<String, List<Long>> of(OnnxModel model, Predicate<String> wanted) {
    Graph graph = new Graph(model);
    Map<String, List<Long>> found = new LinkedHashMap<>();
    for (Node node : graph.nodesInOrder()) {
      Set<Integer> inputs = WEIGHTS.getOrDefault(node.op(), Set.of());
      for (int input = 0; input < node.inputs().size(); input++) { // a set has no order of its own
        if (inputs.contains(input) && node.hasInput(input)) {
          graph
              .constant(node.input(input))
              .filter(Trainables::isWeight)
              .filter(tensor -> wanted.test(tensor.getName()))
              .ifPresent(tensor -> found.put(tensor.getName(), tensor.getDimsList()));
        }
      }
    }
    return found;
  }

  /** Single numbers are scales and bounds of the arithmetic. */
  private static boolean isWeight(TensorProto tensor) {
    return tensor.getDataType() == ElementType.FLOAT.number()
        && tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b) > 1;
  }
}
