/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.linear.Cholesky;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.VectorLoops;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Any layer as itself with few outputs, then a product: with U the first eigenvectors of the
 * outputs' covariance, W' x becomes U (W U)' x, which no other matrix of that rank is nearer to on
 * the data (Zhang et al. 2015, arXiv 1505.06798, section 3.1).
 */
final class OutputFactoring implements Factoring {
  private final Layer layer;
  private final double[][] weights;
  private final double[] mean;
  private final double[][] basis;
  private final double[] lost;

  /**
   * @param basis unit vectors of the outputs, the strongest first
   * @param lost power beyond each rank, as a share
   */
  private OutputFactoring(
      Layer layer, double[][] weights, double[] mean, double[][] basis, double[] lost) {
    this.layer = layer;
    this.weights = weights;
    this.mean = mean;
    this.basis = basis;
    this.lost = lost;
  }

  static OutputFactoring of(Layer layer, InputGram gram) {
    double[][] weights = layer.matrix(0);
    double[][] moments = NormalEquations.matrix(gram, layer.hasBias());
    int outputs = weights[0].length;
    double[][] vectors;
    double[] values;
    if (outputs <= weights.length) {
      SymmetricEigen eigen = SymmetricEigen.of(products(weights, product(moments, weights)));
      values = eigen.values();
      vectors = eigen.vectors();
    } else {
      double[][] right = product(transposed(Cholesky.of(moments).lower()), weights);
      SymmetricEigen eigen = SymmetricEigen.of(products(transposed(right), transposed(right)));
      values = eigen.values();
      vectors = product(eigen.vectors(), right);
      Arrays.stream(vectors).forEach(OutputFactoring::normalize);
    }
    double all = Arrays.stream(values).map(v -> Math.max(v, 0)).sum() + 1e-30;
    double[] lost = new double[values.length + 1];
    for (int r = values.length - 1; r >= 0; r--) {
      lost[r] = lost[r + 1] + Math.max(values[r], 0) / all;
    }
    return new OutputFactoring(layer, weights, gram.mean(), vectors, lost);
  }

  private static void normalize(double[] row) {
    double length = Math.sqrt(Arrays.stream(row).map(v -> v * v).sum());
    for (int i = 0; i < row.length; i++) {
      row[i] /= Math.max(length, 1e-30);
    }
  }

  /** a · b. */
  static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      double[] factors = Arrays.stream(a[i]).map(v -> -v).toArray();
      VectorLoops.subtract(product[i], factors, 0, b, 0, b.length, 0);
    }
    return product;
  }

  /** a' · b. */
  static double[][] products(double[][] a, double[][] b) {
    return product(transposed(a), b);
  }

  static double[][] transposed(double[][] matrix) {
    double[][] transposed = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }

  @Override
  public String label() {
    return "product";
  }

  @Override
  public int most() {
    return basis.length;
  }

  @Override
  public double work(int rank) {
    return (double) rank * (weights.length + basis[0].length) / weights.length / basis[0].length;
  }

  @Override
  public double error(int rank) {
    return lost[rank];
  }

  @Override
  public void settle(Set<Integer> ranks) {
    // all ranks are parts of one basis
  }

  @Override
  public void put(OnnxModel model, Graph graph, Node node, int rank) {
    double[][] second = Arrays.copyOf(basis, rank);
    double[][] first = product(weights, transposed(second));
    LayerMap map = layer.map();
    boolean image = map.isConvolution();
    TwoLayers two = new TwoLayers(model, graph, node);
    if (image) {
      List<Long> kernel = two.kernel();
      String between = two.conv(transposed(first), kernel, -1);
      String weight = two.filters(transposed(second), Collections.nCopies(kernel.size(), 1L));
      two.last(NodeBuilder.of("Conv").inputs(two.with(between, weight, bias(first, second))));
    } else {
      String op = node.op();
      String between = two.first(NodeBuilder.of(op).inputs(node.input(0), two.matrix(first)));
      two.last(
          NodeBuilder.of(op).inputs(two.with(between, two.matrix(second), bias(first, second))));
    }
  }

  /** The constant part of what is lost goes to the bias. */
  private float[] bias(double[][] first, double[][] second) {
    float[] bias = layer.bias().clone();
    double[] full = mapped(weights);
    double[] left = product(new double[][] {mapped(first)}, second)[0];
    for (int o = 0; o < bias.length; o++) {
      bias[o] += (float) (full[o] - left[o]);
    }
    return bias;
  }

  private double[] mapped(double[][] map) {
    return product(new double[][] {mean}, map)[0];
  }
}
