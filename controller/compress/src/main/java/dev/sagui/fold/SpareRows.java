/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which outputs of a linear map say what others say. */
final class SpareRows {
  /** Of a row's length: what is left of a mixture of others is a rounding error. */
  private static final double ROUNDING = 1e-6;

  /** Larger shares of others would make their rounding errors larger. */
  private static final double MOST_SHARE = 8;

  private static final int MOST_MIXED = 1024;

  private final float[][] rows;
  private final double[] bias;

  /**
   * @param rows [outputs, …]
   */
  SpareRows(float[][] rows, double[] bias) {
    this.rows = rows;
    this.bias = bias;
  }

  /** Outputs that are zero but for their bias. */
  List<Integer> zeros() {
    List<Integer> zeros = new ArrayList<>();
    for (int o = 0; o < rows.length; o++) {
      boolean zero = true;
      for (float value : rows[o]) {
        zero &= value == 0;
      }
      if (zero) {
        zeros.add(o);
      }
    }
    return zeros;
  }

  /** Outputs that equal an earlier one, which is told. */
  Map<Integer, Integer> copies() {
    Map<Integer, List<Integer>> alike = new HashMap<>();
    Map<Integer, Integer> copies = new LinkedHashMap<>();
    for (int o = 0; o < rows.length; o++) {
      List<Integer> known =
          alike.computeIfAbsent(
              31 * Arrays.hashCode(rows[o]) + Double.hashCode(bias[o]), h -> new ArrayList<>());
      for (int earlier : known) {
        if (bias[earlier] == bias[o] && Arrays.equals(rows[earlier], rows[o])) {
          copies.put(o, earlier);
          break;
        }
      }
      if (!copies.containsKey(o)) {
        known.add(o);
      }
    }
    return copies;
  }

  /**
   * Outputs that are sums of shares of others, which stay; by Gram and Schmidt, the longest first.
   */
  Map<Integer, Map<Integer, Double>> mixtures() {
    Map<Integer, Map<Integer, Double>> mixtures = new LinkedHashMap<>();
    int size = rows.length;
    int length = size == 0 ? 0 : rows[0].length + 1;
    if (size > MOST_MIXED) {
      return mixtures;
    }
    double[][] rest = new double[size][length];
    double[][] shares = new double[size][];
    double[] lengths = new double[size];
    for (int o = 0; o < size; o++) {
      for (int i = 0; i < length - 1; i++) {
        rest[o][i] = rows[o][i];
      }
      rest[o][length - 1] = bias[o];
      lengths[o] = Math.sqrt(dot(rest[o], rest[o]));
      shares[o] = new double[size];
      shares[o][o] = 1;
    }
    List<Integer> left = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    List<Integer> basis = basis(left, rest, shares, lengths);
    left.forEach(o -> mixtures.put(o, mixture(o, basis, shares[o])));
    mixtures.values().removeIf(m -> m.values().stream().anyMatch(s -> Math.abs(s) > MOST_SHARE));
    return mixtures;
  }

  /** Those that are independent, which leave {@code left}. */
  private static List<Integer> basis(
      List<Integer> left, double[][] rest, double[][] shares, double[] lengths) {
    List<Integer> basis = new ArrayList<>();
    while (!left.isEmpty()) {
      Integer next = longest(left, rest, lengths);
      double square = dot(rest[next], rest[next]);
      if (square <= ROUNDING * ROUNDING * lengths[next] * lengths[next]) {
        break;
      }
      left.remove(next);
      basis.add(next);
      for (int o : left) {
        double share = dot(rest[o], rest[next]) / square;
        subtract(rest[o], share, rest[next]);
        subtract(shares[o], share, shares[next]);
      }
    }
    return basis;
  }

  private static Integer longest(List<Integer> left, double[][] rest, double[] lengths) {
    Integer best = left.get(0);
    double most = -1;
    for (Integer o : left) {
      double share = dot(rest[o], rest[o]) / Math.max(lengths[o] * lengths[o], 1e-300);
      if (share > most) {
        most = share;
        best = o;
      }
    }
    return best;
  }

  /** What is left of the output is its row less these shares of the basis' rows: nothing. */
  private static Map<Integer, Double> mixture(int output, List<Integer> basis, double[] shares) {
    Map<Integer, Double> mixture = new LinkedHashMap<>();
    for (int b : basis) {
      if (b != output && shares[b] != 0) {
        mixture.put(b, -shares[b]);
      }
    }
    return mixture;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] into, double factor, double[] row) {
    for (int i = 0; i < into.length; i++) {
      into[i] -= factor * row[i];
    }
  }
}
