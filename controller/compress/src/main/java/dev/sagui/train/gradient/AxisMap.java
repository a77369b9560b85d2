/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A linear map along one axis: each element written is a weighted sum of a few that are read. */
final class AxisMap {
  /** A matrix of more elements costs more than to gather what each element went to. */
  private static final long MOST_ELEMENTS = 1 << 16;

  private final int in;
  private final List<List<Read>> written = new ArrayList<>();

  private record Read(int from, float weight) {}

  /**
   * @param in the length that is read
   * @param out the length that is written
   */
  AxisMap(int in, int out) {
    this.in = in;
    for (int i = 0; i < out; i++) {
      written.add(new ArrayList<>());
    }
  }

  int in() {
    return in;
  }

  int out() {
    return written.size();
  }

  /** Lets the element {@code out} read the one at {@code from}, or at the border next to it. */
  void read(int out, int from, float weight) {
    if (weight != 0) {
      written.get(out).add(new Read(Math.max(0, Math.min(from, in - 1)), weight));
    }
  }

  /**
   * The map transposed, along an axis of a value.
   *
   * @param size of the value, whose axis has what was written
   */
  String transposed(Emitter e, String value, long[] size, int axis) {
    long before = product(size, 0, axis);
    long after = product(size, axis + 1, size.length);
    long[] shape = size.clone();
    shape[axis] = in;
    return (long) in * written.size() <= MOST_ELEMENTS
        ? e.reshape(product(e, value, before, after), list(shape))
        : gathered(e, value, axis, size.length);
  }

  private static List<Long> list(long... values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static long product(long[] size, int from, int to) {
    return Arrays.stream(size, from, to).reduce(1, Math::multiplyExact);
  }

  /** Whether each element is written some times in a row, as it is. */
  boolean repeats() {
    int times = written.size() / in;
    for (int i = 0; i < written.size(); i++) {
      if (times == 0 || !written.get(i).equals(List.of(new Read(i / times, 1)))) {
        return false;
      }
    }
    return written.size() == (long) times * in;
  }

  boolean isIdentity() {
    return in == written.size() && repeats();
  }

  private String product(Emitter e, String value, long before, long after) {
    double[] matrix = new double[in * written.size()];
    for (int out = 0; out < written.size(); out++) {
      for (Read read : written.get(out)) {
        matrix[after == 1 ? out * in + read.from : read.from * written.size() + out] += read.weight;
      }
    }
    long out = written.size();
    return after == 1
        ? e.node(
            "MatMul",
            e.reshape(value, List.of(before, out)),
            e.floats(List.of(out, (long) in), matrix))
        : e.node(
            "MatMul",
            e.floats(List.of((long) in, out), matrix),
            e.reshape(value, List.of(before, out, after)));
  }

  /** For each element that was read: what it went to, first the first of all, then the second. */
  private String gathered(Emitter e, String value, int axis, int rank) {
    List<List<Read>> went = new ArrayList<>();
    for (int i = 0; i < in; i++) {
      went.add(new ArrayList<>());
    }
    for (int out = 0; out < written.size(); out++) {
      for (Read read : written.get(out)) {
        went.get(read.from).add(new Read(out, read.weight));
      }
    }
    int most = Math.max(1, went.stream().mapToInt(List::size).max().orElse(0));
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      parts.add(part(e, value, went, i, axis, rank));
    }
    return parts.size() == 1 ? parts.get(0) : e.node("Sum", parts.toArray(String[]::new));
  }

  private static String part(
      Emitter e, String value, List<List<Read>> went, int which, int axis, int rank) {
    long[] places = new long[went.size()];
    double[] weights = new double[went.size()];
    for (int i = 0; i < places.length; i++) {
      if (which < went.get(i).size()) {
        places[i] = went.get(i).get(which).from;
        weights[i] = went.get(i).get(which).weight;
      }
    }
    long[] wide = new long[rank - axis];
    Arrays.fill(wide, 1);
    wide[0] = weights.length;
    String taken =
        e.node(NodeBuilder.of("Gather").inputs(value, e.longs(places)).with("axis", axis));
    return e.multiply(taken, e.floats(list(wide), weights));
  }
}
