/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * A MatMul or Gemm whose second operand is a constant float32 matrix: y = x · W, x [.., K], W [K,
 * N].
 *
 * @param transposed whether the constant is stored as [N, K]: Gemm's transB, or a Transpose between
 * @param obstacle why this product cannot be computed in fewer bits as it stands; empty if it can
 */
public record LinearLayer(Node node, TensorProto weight, boolean transposed, String obstacle) {
  /** Empty when the node is no such product. */
  public static Optional<LinearLayer> find(Graph graph, Node node) {
    if (node.is("Gemm")) {
      return matrix(graph, node.input(1))
          .map(w -> new LinearLayer(node, w, node.integer("transB", 0) == 1, obstacle(node)));
    }
    if (!node.is("MatMul")) {
      return Optional.empty();
    }
    Optional<LinearLayer> plain =
        matrix(graph, node.input(1)).map(w -> new LinearLayer(node, w, false, ""));
    return plain.or(
        () ->
            turned(graph, node.input(1))
                .flatMap(value -> matrix(graph, value))
                .map(w -> new LinearLayer(node, w, true, "")));
  }

  private static Optional<TensorProto> matrix(Graph graph, String value) {
    return graph
        .constant(value)
        .filter(w -> w.getDataType() == ElementType.FLOAT.number() && w.getDimsCount() == 2)
        .filter(w -> w.getDims(0) > 0 && w.getDims(1) > 0);
  }

  /** What a Transpose of two dimensions turns. */
  private static Optional<String> turned(Graph graph, String value) {
    return graph
        .producer(value)
        .filter(node -> node.is("Transpose"))
        .filter(node -> List.of(List.of(), List.of(1L, 0L)).contains(node.integers("perm")))
        .map(node -> node.input(0));
  }

  private static String obstacle(Node gemm) {
    if (gemm.integer("transA", 0) != 0) {
      return "its Gemm turns the activation";
    }
    if (gemm.number("alpha", 1) != 1 || (gemm.hasInput(2) && gemm.number("beta", 1) != 1)) {
      return "its Gemm scales by alpha or beta";
    }
    return "";
  }

  /** Rows of W, the elements of one input: K. */
  public int inputs() {
    return Math.toIntExact(weight.getDims(transposed ? 1 : 0));
  }

  /** Columns of W, the elements of one output: N. */
  public int outputs() {
    return Math.toIntExact(weight.getDims(transposed ? 0 : 1));
  }

  /** Gemm's third operand, which is added to the product; empty when there is none. */
  public String addend() {
    return node.is("Gemm") ? node.input(2) : "";
  }

  /**
   * The Add of a constant [N] that alone uses the product, if there is one, so that both can be one
   * node.
   */
  public Optional<Node> biasAdd(Graph graph) {
    return node.is("Gemm")
        ? Optional.empty()
        : graph
            .onlyUser(node.output(0))
            .filter(next -> next.is("Add") && isBias(graph, other(next)));
  }

  /** The operand of an Add of the product that is not the product. */
  public String other(Node add) {
    return add.input(add.input(0).equals(node.output(0)) ? 1 : 0);
  }

  /** Whether a value is a constant of shape [N]. */
  public boolean isBias(Graph graph, String value) {
    return graph
        .constant(value)
        .filter(c -> c.getDataType() == ElementType.FLOAT.number())
        .filter(c -> c.getDimsList().equals(List.of((long) outputs())))
        .isPresent();
  }
}
