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
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Scores below have no weight in a Softmax that others are in. */
  private static final float HIDDEN = -1000;

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
          table(graph, node, node.input(input))
              .filter(Trainables::isWeight)
              .filter(tensor -> !node.is("Add") || !isMask(model, tensor))
              .filter(tensor -> wanted.test(tensor.getName()))
              .ifPresent(tensor -> found.put(tensor.getName(), tensor.getDimsList()));
        }
      }
    }
    return found;
  }

  /** A constant, or of what is added the one that is cut to length: learned positions. */
  private static Optional<TensorProto> table(Graph graph, Node user, String value) {
    Optional<Node> cut =
        user.is("Add") ? graph.producer(value).filter(n -> n.is("Slice")) : Optional.empty();
    return graph.constant(cut.isPresent() ? cut.get().input(0) : value);
  }

  /** Whether it hides from each position what comes after it: nothing that is learned. */
  private static boolean isMask(OnnxModel model, TensorProto tensor) {
    List<Long> dims = tensor.getDimsList();
    int rank = dims.size();
    if (rank < 2 || !dims.get(rank - 1).equals(dims.get(rank - 2))) {
      return false;
    }
    try {
      float[] values = TensorValues.floats(model, tensor);
      return values[0] == 0 && values[dims.get(rank - 1).intValue() - 1] <= HIDDEN;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Single numbers are scales and bounds of the arithmetic. */
  private static boolean isWeight(TensorProto tensor) {
    return tensor.getDataType() == ElementType.FLOAT.number()
        && tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b) > 1;
  }
}
