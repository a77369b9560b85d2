/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import dev.sagui.run.GramProduct;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Sums of x xᵀ and x yᵀ over vectors, in blocks that one matrix product adds. */
final class GramSum {
  private static final int BLOCK = 512;

  private final GramProduct product;
  private final int left;
  private final int right;
  private final FloatBuffer a;
  private final FloatBuffer b;
  private final boolean own;
  private final double[][] sum;
  private final double[] mean;
  private int filled;
  private long count;

  private GramSum(GramProduct product, int left, int right, boolean own) {
    this.product = product;
    this.left = left;
    this.right = right;
    this.own = own;
    this.a = GramProduct.room(BLOCK * left);
    this.b = own ? a : GramProduct.room(BLOCK * right);
    this.sum = new double[left][right];
    this.mean = new double[left];
  }

  /** Of x xᵀ. */
  static GramSum square(GramProduct product, int size) {
    return new GramSum(product, size, size, true);
  }

  /** Of x yᵀ. */
  static GramSum of(GramProduct product, int left, int right) {
    return new GramSum(product, left, right, false);
  }

  void add(float[] x) {
    add(x, x);
  }

  void add(float[] x, float[] y) {
    a.put(filled * left, x, 0, left);
    if (!own) {
      b.put(filled * right, y, 0, right);
    }
    for (int i = 0; i < left; i++) {
      mean[i] += x[i];
    }
    count++;
    if (++filled == BLOCK) {
      flush();
    }
  }

  private void flush() {
    if (filled > 0 && left > 0 && right > 0) {
      product.add(a, left, b, right, filled, sum);
    }
    filled = 0;
  }

  /** The mean of the products, [left, right]; nothing can be added after. */
  double[][] finish() {
    flush();
    double each = 1.0 / Math.max(1, count);
    for (double[] row : sum) {
      for (int j = 0; j < right; j++) {
        row[j] *= each;
      }
    }
    return sum;
  }

  /** The same as moments. */
  InputGram moments() {
    double[][] products = finish();
    double[] second = new double[Math.multiplyExact(left, left)];
    for (int i = 0; i < left; i++) {
      System.arraycopy(products[i], 0, second, i * left, left);
    }
    double each = 1.0 / Math.max(1, count);
    return new InputGram(left, second, Arrays.stream(mean).map(m -> m * each).toArray(), count);
  }
}
