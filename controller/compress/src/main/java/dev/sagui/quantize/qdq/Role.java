/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;
import java.util.Set;

/**
 * What a node can be to int8 arithmetic, by what ONNX Runtime's QDQ selectors fuse on the CPU
 * (core/optimizer/qdq_transformer/selectors_actions/qdq_selector_action_transformer.cc).
 */
enum Role {
  /** Multiplies by constant weights: the work that int8 is for. */
  LAYER,
  /** Puts several values together; each has its own scale. */
  JOIN,
  /** Maps each element, or averages; input and output have scales of their own. */
  MAP,
  /** Moves elements or picks some: the scale stays. */
  MOVE,
  /** Relu or Clip: the bounds of the integer range do it. */
  CLAMP,
  /** Computes in float32. */
  FLOAT;

  private static final Set<String> JOINS = Set.of("Add", "Mul", "Concat");
  private static final Set<String> MAPS =
      Set.of("Sigmoid", "LeakyRelu", "AveragePool", "GlobalAveragePool");
  private static final Set<String> MOVES =
      Set.of(
          "Reshape",
          "Transpose",
          "Slice",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Expand",
          "Tile",
          "DepthToSpace",
          "SpaceToDepth",
          "MaxPool",
          "Resize",
          "Identity",
          "Split");

  static Role of(Graph graph, Node node) {
    if (!node.isStandard() || node.hasNestedGraph()) {
      return FLOAT;
    }
    String op = node.op();
    if (op.equals("Conv") || op.equals("Gemm") || op.equals("MatMul")) {
      return isLayer(graph, node) ? LAYER : FLOAT;
    }
    if (JOINS.contains(op)) {
      return node.inputs().stream().anyMatch(input -> graph.constant(input).isPresent())
          ? FLOAT
          : JOIN;
    }
    if (op.equals("Relu") || (op.equals("Clip") && isBounded(graph, node))) {
      return graph.onlyUser(node.input(0)).isPresent() && !graph.isInput(node.input(0))
          ? CLAMP
          : FLOAT;
    }
    if (MAPS.contains(op)) {
      return MAP;
    }
    return isMove(graph, node) ? MOVE : FLOAT;
  }

  /** Both bounds are constants, and zero lies between them or on one. */
  private static boolean isBounded(Graph graph, Node node) {
    return graph.constant(node.input(1)).isPresent() && graph.constant(node.input(2)).isPresent();
  }

  private static boolean isMove(Graph graph, Node node) {
    boolean moves =
        MOVES.contains(node.op())
            && graph.constant(node.input(0)).isEmpty()
            && (node.outputs().size() == 1 || node.is("Split"));
    return moves && (!node.is("Resize") || node.text("mode", "nearest").equals("nearest"));
  }

  private static boolean isLayer(Graph graph, Node node) {
    boolean weights =
        graph
            .constant(node.input(1))
            .filter(w -> w.getDataType() == ElementType.FLOAT.number())
            .filter(w -> node.is("Conv") || w.getDimsCount() == 2)
            .isPresent();
    boolean bias =
        node.is("MatMul")
            || !node.hasInput(2)
            || graph.constant(node.input(2)).filter(b -> b.getDimsCount() == 1).isPresent();
    boolean plain =
        !node.is("Gemm")
            || (node.number("alpha", 1) == 1
                && node.number("beta", 1) == 1
                && node.integer("transA", 0) == 0);
    return weights && bias && plain && graph.constant(node.input(0)).isEmpty();
  }

  /** The inputs that are activations. */
  List<String> activations(Node node) {
    return switch (this) {
      case JOIN -> node.inputs();
      case FLOAT -> List.of();
      case LAYER, MAP, MOVE, CLAMP -> List.of(node.input(0));
    };
  }

  /** Whether input and output share their scale. */
  boolean keepsScale() {
    return this == MOVE || this == CLAMP;
  }
}
