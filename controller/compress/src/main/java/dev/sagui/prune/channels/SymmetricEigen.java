/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Householder's reduction to three diagonals
 * and implicit QL steps (Wilkinson and Reinsch, "Handbook for Automatic Computation" II, tred2 and
 * tql2). Vectors are kept as rows, so that all inner loops go along memory.
 */
final class SymmetricEigen {
  private static final double EPSILON = 0x1p-52;

  private final int size;
  private final double[][] rows;
  private final double[] values;
  private final double[] off;

  private SymmetricEigen(double[][] matrix) {
    this.size = matrix.length;
    this.rows = matrix;
    this.values = new double[size];
    this.off = new double[size];
  }

  /**
   * @param matrix [size, size], finite; overwritten
   */
  static SymmetricEigen of(double[][] matrix) {
    SymmetricEigen eigen = new SymmetricEigen(matrix);
    eigen.reduce();
    eigen.accumulate();
    eigen.diagonalize();
    return eigen;
  }

  /** Eigenvalues, largest first, in the order of {@link #vectors}. */
  double[] values() {
    int[] order = order();
    double[] sorted = new double[size];
    for (int i = 0; i < size; i++) {
      sorted[i] = values[order[i]];
    }
    return sorted;
  }

  /** Unit vectors, the one of the largest value first. */
  double[][] vectors() {
    int[] order = order();
    double[][] sorted = new double[size][];
    for (int i = 0; i < size; i++) {
      sorted[i] = rows[order[i]];
    }
    return sorted;
  }

  private int[] order() {
    return IntStream.range(0, size)
        .boxed()
        .sorted((a, b) -> Double.compare(values[b], values[a]))
        .mapToInt(i -> i)
        .toArray();
  }

  private void reduce() {
    for (int j = 0; j < size; j++) {
      values[j] = rows[j][size - 1];
    }
    for (int i = size - 1; i > 0; i--) {
      double scale = 0;
      for (int k = 0; k < i; k++) {
        scale += Math.abs(values[k]);
      }
      if (scale == 0) {
        off[i] = values[i - 1];
        for (int j = 0; j < i; j++) {
          values[j] = rows[j][i - 1];
          rows[j][i] = 0;
          rows[i][j] = 0;
        }
        values[i] = 0;
      } else {
        values[i] = reflect(i, scale);
      }
    }
  }

  private double reflect(int i, double scale) {
    double h = 0;
    for (int k = 0; k < i; k++) {
      values[k] /= scale;
      h += values[k] * values[k];
    }
    double f = values[i - 1];
    double g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
    off[i] = scale * g;
    h -= f * g;
    values[i - 1] = f - g;
    multiply(i);
    double dot = 0;
    for (int j = 0; j < i; j++) {
      off[j] /= h;
      dot += off[j] * values[j];
    }
    double half = dot / (h + h);
    for (int j = 0; j < i; j++) {
      off[j] -= half * values[j];
    }
    for (int j = 0; j < i; j++) {
      subtract(rows[j], values[j], off[j], j, i);
      values[j] = rows[j][i - 1];
      rows[j][i] = 0;
    }
    return h;
  }

  /** off = the leading i × i part times the vector, which is kept in row i. */
  private void multiply(int i) {
    Arrays.fill(off, 0, i, 0);
    for (int j = 0; j < i; j++) {
      double f = values[j];
      double[] row = rows[j];
      rows[i][j] = f;
      double g = off[j] + row[j] * f;
      for (int k = j + 1; k < i; k++) {
        g += row[k] * values[k];
      }
      for (int k = j + 1; k < i; k++) {
        off[k] += row[k] * f;
      }
      off[j] = g;
    }
  }

  private void subtract(double[] row, double f, double g, int from, int to) {
    for (int k = from; k < to; k++) {
      row[k] -= f * off[k] + g * values[k];
    }
  }

  private void accumulate() {
    for (int i = 0; i < size - 1; i++) {
      rows[i][size - 1] = rows[i][i];
      rows[i][i] = 1;
      double h = values[i + 1];
      double[] next = rows[i + 1];
      if (h != 0) {
        for (int k = 0; k <= i; k++) {
          values[k] = next[k] / h;
        }
        for (int j = 0; j <= i; j++) {
          double g = 0;
          for (int k = 0; k <= i; k++) {
            g += next[k] * rows[j][k];
          }
          for (int k = 0; k <= i; k++) {
            rows[j][k] -= g * values[k];
          }
        }
      }
      Arrays.fill(next, 0, i + 1, 0);
    }
    for (int j = 0; j < size; j++) {
      values[j] = rows[j][size - 1];
      rows[j][size - 1] = 0;
    }
    rows[size - 1][size - 1] = 1;
  }

  private void diagonalize() {
    System.arraycopy(off, 1, off, 0, size - 1);
    off[size - 1] = 0;
    double shift = 0;
    double most = 0;
    for (int l = 0; l < size; l++) {
      most = Math.max(most, Math.abs(values[l]) + Math.abs(off[l]));
      int m = l;
      while (Math.abs(off[m]) > EPSILON * most) {
        m++;
      }
      while (m > l && Math.abs(off[l]) > EPSILON * most) {
        shift += shifted(l);
        sweep(l, m);
      }
      values[l] += shift;
      off[l] = 0;
    }
  }

  private double shifted(int l) {
    double g = values[l];
    double p = (values[l + 1] - g) / (2 * off[l]);
    double r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
    values[l] = off[l] / (p + r);
    values[l + 1] = off[l] * (p + r);
    double h = g - values[l];
    for (int i = l + 2; i < size; i++) {
      values[i] -= h;
    }
    return h;
  }

  private void sweep(int l, int m) {
    double p = values[m];
    double c = 1;
    double before = 1;
    double beforeThat = 1;
    double s = 0;
    double sBefore = 0;
    double next = values[l + 1];
    double offNext = off[l + 1];
    for (int i = m - 1; i >= l; i--) {
      beforeThat = before;
      before = c;
      sBefore = s;
      double g = c * off[i];
      double h = c * p;
      double r = Math.hypot(p, off[i]);
      off[i + 1] = s * r;
      s = off[i] / r;
      c = p / r;
      p = c * values[i] - s * g;
      values[i + 1] = h + s * (c * g + s * values[i]);
      rotate(rows[i], rows[i + 1], c, s);
    }
    p = -s * sBefore * beforeThat * offNext * off[l] / next;
    off[l] = s * p;
    values[l] = c * p;
  }

  private static void rotate(double[] a, double[] b, double c, double s) {
    for (int k = 0; k < a.length; k++) {
      double h = b[k];
      b[k] = s * a[k] + c * h;
      a[k] = c * a[k] - s * h;
    }
  }
}
