/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Products of matrices. */
final class ProductRules {
  static final Map<String, GradientRule> ALL =
      Map.of("MatMul", ProductRules::matMul, "Gemm", ProductRules::gemm);

  private ProductRules() {}

  /** Y = AB: dA = dY·Bᵀ, dB = Aᵀ·dY, summed over the batches that one of them does not have. */
  private static void matMul(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> left = to.inputShape(0);
    List<Long> right = to.inputShape(1);
    List<Long> wideLeft = left.size() == 1 ? List.of(1L, left.get(0)) : left;
    List<Long> wideRight = right.size() == 1 ? List.of(right.get(0), 1L) : right;
    String a = left.size() == 1 ? e.reshape(node.input(0), wideLeft) : node.input(0);
    String b = right.size() == 1 ? e.reshape(node.input(1), wideRight) : node.input(1);
    List<Long> wideOut = new ArrayList<>(batches(wideLeft, wideRight));
    long rows = wideLeft.get(wideLeft.size() - 2);
    long columns = wideRight.get(wideRight.size() - 1);
    wideOut.addAll(List.of(rows, columns));
    boolean vectors = left.size() == 1 || right.size() == 1;
    String dy = vectors ? e.reshape(to.dy(), wideOut) : to.dy();
    if (to.wants(0)) {
      List<Long> full = full(wideOut, wideLeft);
      String da = to.summed(e.product(dy, false, b, true), full, wideLeft);
      to.give(0, left.size() == 1 ? e.reshape(da, left) : da);
    }
    if (to.wants(1)) {
      String db = right(to, a, dy, wideRight, wideOut);
      to.give(1, right.size() == 1 ? e.reshape(db, right) : db);
    }
  }

  /** A weight of two dimensions sees all batches as rows of one product. */
  private static String right(Backward to, String a, String dy, List<Long> right, List<Long> out) {
    Emitter e = to.emit();
    if (right.size() > 2) {
      return to.summed(e.product(a, true, dy, false), full(out, right), right);
    }
    return e.node(
        NodeBuilder.of("Gemm")
            .inputs(
                e.reshape(a, List.of(-1L, right.get(0))), e.reshape(dy, List.of(-1L, right.get(1))))
            .with("transA", 1));
  }

  private static List<Long> full(List<Long> out, List<Long> matrix) {
    List<Long> full = new ArrayList<>(out.subList(0, out.size() - 2));
    full.addAll(matrix.subList(matrix.size() - 2, matrix.size()));
    return full;
  }

  private static List<Long> batches(List<Long> left, List<Long> right) {
    int rank = Math.max(left.size(), right.size()) - 2;
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int l = i - rank + left.size() - 2;
      int r = i - rank + right.size() - 2;
      dims.add(Math.max(l < 0 ? 1 : left.get(l), r < 0 ? 1 : right.get(r)));
    }
    return dims;
  }

  /** Y = αA'B' + βC, where A' and B' may be transposed. */
  private static void gemm(Node node, Backward to) {
    boolean transposedA = node.integer("transA", 0) == 1;
    boolean transposedB = node.integer("transB", 0) == 1;
    float alpha = node.number("alpha", 1);
    String a = node.input(0);
    String b = node.input(1);
    if (to.wants(0)) {
      to.give(
          0,
          transposedA
              ? product(to, alpha, b, transposedB, to.dy(), true)
              : product(to, alpha, to.dy(), false, b, !transposedB));
    }
    if (to.wants(1)) {
      to.give(
          1,
          transposedB
              ? product(to, alpha, to.dy(), true, a, transposedA)
              : product(to, alpha, a, !transposedA, to.dy(), false));
    }
    if (to.wants(2)) {
      to.giveSummed(2, to.emit().multiply(to.dy(), node.number("beta", 1)));
    }
  }

  private static String product(
      Backward to, float alpha, String a, boolean transposeA, String b, boolean transposeB) {
    return to.emit()
        .node(
            NodeBuilder.of("Gemm")
                .inputs(a, b)
                .with("alpha", alpha)
                .with("transA", transposeA ? 1 : 0)
                .with("transB", transposeB ? 1 : 0));
  }
}
