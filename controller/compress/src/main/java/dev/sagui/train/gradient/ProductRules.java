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
      Map.of(
          "MatMul", ProductRules::matMul,
          "com.microsoft.FusedMatMul", ProductRules::matMul,
          "Gemm", ProductRules::gemm);

  private ProductRules() {}

  /**
   * Y = αA'B', where A' and B' may be transposed in their last two axes: dA' = α·dY·B'ᵀ, dB' =
   * α·A'ᵀ·dY, summed over the batches that one of them does not have.
   */
  private static void matMul(Node node, Backward to) {
    for (String order : new String[] {"transBatchA", "transBatchB"}) {
      if (node.integer(order, 0) != 0) {
        throw to.refused("its %s is 1".formatted(order));
      }
    }
    Emitter e = to.emit();
    Factor a = Factor.left(node, to);
    Factor b = Factor.right(node, to);
    List<Long> out = new ArrayList<>(batches(a.shape(), b.shape()));
    out.add(a.rows());
    out.add(b.columns());
    String dy = e.multiply(to.dy(), node.number("alpha", 1));
    String wide = out.equals(to.outputShape()) ? dy : e.reshape(dy, out);
    if (to.wants(0)) {
      String da =
          a.transposed()
              ? e.product(b.value(), b.transposed(), wide, true)
              : e.product(wide, false, b.value(), !b.transposed());
      a.give(to, da, full(out, a.shape()));
    }
    if (to.wants(1)) {
      if (b.shape().size() == 2 && out.size() > 2 && a.shape().size() == out.size()) {
        b.give(to, flat(e, a, b, wide), b.shape());
      } else {
        String db =
            b.transposed()
                ? e.product(wide, true, a.value(), a.transposed())
                : e.product(a.value(), !a.transposed(), wide, false);
        b.give(to, db, full(out, b.shape()));
      }
    }
  }

  /** A weight of two dimensions sees all batches as rows of one product. */
  private static String flat(Emitter e, Factor a, Factor b, String dy) {
    int rank = a.shape().size();
    long[] swapped = LayoutRules.range(rank);
    swapped[rank - 1] = rank - 2L;
    swapped[rank - 2] = rank - 1L;
    String plain = a.transposed() ? e.transpose(a.value(), swapped) : a.value();
    String rows = e.reshape(plain, List.of(-1L, a.columns()));
    String gradients = e.reshape(dy, List.of(-1L, b.columns()));
    return b.transposed()
        ? e.node(NodeBuilder.of("Gemm").inputs(gradients, rows).with("transA", 1))
        : e.node(NodeBuilder.of("Gemm").inputs(rows, gradients).with("transA", 1));
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
