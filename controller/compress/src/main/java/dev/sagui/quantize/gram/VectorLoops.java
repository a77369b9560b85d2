/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

/**
 * into −= Σ factor · row. HotSpot's C2 makes vector instructions of loops that add four rows, and
 * not of eight; one row at a time goes through {@code into} four times as often.
 */
public final class VectorLoops {
  private VectorLoops() {}

  /**
   * @param factors of row {@code first + i} at {@code at + i}
   * @param rows from {@code first} to {@code last}, exclusive
   * @param from first column
   */
  public static void subtract(
      double[] into, double[] factors, int at, double[][] rows, int first, int last, int from) {
    int k = first;
    for (; k + 4 <= last; k += 4) {
      int f = at + k - first;
      double p = factors[f];
      double q = factors[f + 1];
      double r = factors[f + 2];
      double s = factors[f + 3];
      four(into, p, rows[k], q, rows[k + 1], r, rows[k + 2], s, rows[k + 3], from);
    }
    for (; k < last; k++) {
      one(into, factors[at + k - first], rows[k], from, into.length);
    }
  }

  private static void four(
      double[] into,
      double p,
      double[] a,
      double q,
      double[] b,
      double r,
      double[] c,
      double s,
      double[] d,
      int from) {
    for (int j = from; j < into.length; j++) {
      into[j] -= p * a[j] + q * b[j] + r * c[j] + s * d[j];
    }
  }

  static void one(double[] into, double factor, double[] row, int from, int to) {
    for (int j = from; j < to; j++) {
      into[j] -= factor * row[j];
    }
  }

  /** The same in float32. */
  public static void subtract(
      float[] into, float[] factors, int at, float[][] rows, int first, int last, int from) {
    int k = first;
    for (; k + 4 <= last; k += 4) {
      int f = at + k - first;
      float p = factors[f];
      float q = factors[f + 1];
      float r = factors[f + 2];
      float s = factors[f + 3];
      four(into, p, rows[k], q, rows[k + 1], r, rows[k + 2], s, rows[k + 3], from);
    }
    for (; k < last; k++) {
      one(into, factors[at + k - first], rows[k], from, into.length);
    }
  }

  private static void four(
      float[] into,
      float p,
      float[] a,
      float q,
      float[] b,
      float r,
      float[] c,
      float s,
      float[] d,
      int from) {
    for (int j = from; j < into.length; j++) {
      into[j] -= p * a[j] + q * b[j] + r * c[j] + s * d[j];
    }
  }

  static void one(float[] into, float factor, float[] row, int from, int to) {
    for (int j = from; j < to; j++) {
      into[j] -= factor * row[j];
    }
  }
}
