/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value whose axes have labels, each its own.
 *
 * @param labels a character an axis
 */
record Labelled(Emitter e, String value, String labels, List<Long> shape) {
  private long size(char label) {
    return shape.get(labels.indexOf(label));
  }

  private List<Long> sizes(String of) {
    return of.chars().mapToObj(label -> size((char) label)).toList();
  }

  /** The axes in another order. */
  Labelled reordered(String order) {
    long[] places = order.chars().mapToLong(labels::indexOf).toArray();
    return new Labelled(e, e.transpose(value, places), order, sizes(order));
  }

  /** Without the axes that {@code kept} does not name: the sums over them. */
  private Labelled summed(String kept) {
    long[] gone =
        Arrays.stream(LayoutRules.range(labels.length()))
            .filter(i -> kept.indexOf(labels.charAt((int) i)) < 0)
            .toArray();
    String left = common(labels, kept);
    return gone.length == 0 ? this : new Labelled(e, e.sum(value, false, gone), left, sizes(left));
  }

  /** The product with another value, summed over the labels that {@code out} does not name. */
  Labelled times(Labelled other, String out) {
    Labelled a = summed(other.labels + out);
    Labelled b = other.summed(labels + out);
    String shared = common(a.labels, b.labels);
    String batch = common(shared, out);
    String inner = without(shared, out);
    String rows = without(a.labels, b.labels);
    String columns = without(b.labels, a.labels);
    String left = a.matrix(batch, rows, inner);
    String right = b.matrix(batch, inner, columns);
    List<Long> sizes = new ArrayList<>(a.sizes(batch));
    sizes.addAll(a.sizes(rows));
    sizes.addAll(b.sizes(columns));
    String product = e.reshape(e.node("MatMul", left, right), sizes);
    return new Labelled(e, product, batch + rows + columns, sizes).reordered(out);
  }

  /** [batch, rows, columns], each the product of some axes. */
  private String matrix(String batch, String rows, String columns) {
    return e.reshape(
        reordered(batch + rows + columns).value,
        List.of(
            Backward.product(sizes(batch)),
            Backward.product(sizes(rows)),
            Backward.product(sizes(columns))));
  }

  /** Repeated along the labels that it lacks. */
  String spread(String all, List<Long> full) {
    if (all.equals(labels) && full.equals(shape)) {
      return value;
    }
    List<Long> single = new ArrayList<>();
    for (int i = 0; i < all.length(); i++) {
      char label = all.charAt(i);
      single.add(labels.indexOf(label) < 0 ? 1L : size(label));
    }
    return e.expand(e.reshape(value, single), full);
  }

  private static String common(String a, String b) {
    return filtered(a, b, true);
  }

  private static String without(String a, String b) {
    return filtered(a, b, false);
  }

  private static String filtered(String labels, String among, boolean in) {
    StringBuilder kept = new StringBuilder();
    labels
        .chars()
        .filter(label -> among.indexOf(label) >= 0 == in)
        .forEach(label -> kept.append((char) label));
    return kept.toString();
  }
}
