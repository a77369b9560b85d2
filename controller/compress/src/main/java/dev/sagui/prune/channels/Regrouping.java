/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * Axes after a reshape. Runs of axes with the same product belong together; in a run the cut one is
 * repeated where others join it, and where it is split, the first part that is long enough to be
 * channels or heads takes it over.
 */
final class Regrouping {
  /** Shorter parts are kinds (queries, keys, values) and not channels. */
  private static final int FEW = 3;

  private final RuleContext context;
  private final Node node;
  private final List<Axis> from;
  private final List<Long> to;
  private final List<Axis> given = new ArrayList<>();

  private Regrouping(RuleContext context, Node node, List<Axis> from, List<Long> to) {
    this.context = context;
    this.node = node;
    this.from = from;
    this.to = to;
  }

  static List<Axis> of(RuleContext context, Node node, List<Axis> from, List<Long> to) {
    Regrouping regrouping = new Regrouping(context, node, from, to);
    regrouping.run();
    return regrouping.given;
  }

  private void run() {
    int left = 0;
    int right = 0;
    while (left < from.size() || right < to.size()) {
      int leftFrom = left;
      int rightFrom = right;
      long before = left < from.size() ? from.get(left++).length() : 1;
      long after = right < to.size() ? to.get(right++) : 1;
      while (before != after) {
        if (before < after && left < from.size()) {
          before *= from.get(left++).length();
        } else if (right < to.size()) {
          after *= to.get(right++);
        } else {
          throw new IllegalStateException("%s changes the number of elements".formatted(node));
        }
      }
      run(from.subList(leftFrom, left), to.subList(rightFrom, right));
    }
  }

  /** Axes with the same product of lengths. */
  private void run(List<Axis> before, List<Long> after) {
    List<Axis> cut = before.stream().filter(axis -> !axis.isFixed()).toList();
    if (cut.size() != 1) {
      cut.forEach(axis -> context.keep(axis, "%s joins it with another".formatted(node)));
      after.forEach(length -> given.add(Axis.fixed(length)));
      return;
    }
    split(joined(before, cut.get(0)), after);
  }

  /** One axis in place of those, each position with the atom of the cut one. */
  private static Axis joined(List<Axis> before, Axis cut) {
    int at = before.indexOf(cut);
    int outer = before.subList(0, at).stream().mapToInt(Axis::length).reduce(1, (a, b) -> a * b);
    int inner =
        before.subList(at + 1, before.size()).stream()
            .mapToInt(Axis::length)
            .reduce(1, (a, b) -> a * b);
    return Axis.of(RuleContext.repeated(RuleContext.stretched(cut.atoms(), inner), outer));
  }

  private void split(Axis whole, List<Long> after) {
    int at = taker(after);
    int length = after.get(at).intValue();
    long inner = after.subList(at + 1, after.size()).stream().reduce(1L, (a, b) -> a * b);
    int[] atoms = whole.atoms();
    int[] taken = new int[length];
    for (int i = 0; i < atoms.length; i++) {
      int part = (int) (i / inner % length);
      taken[part] = i < inner * length && i % inner == 0 ? atoms[i] : taken[part];
      context.atoms().unite(taken[part], atoms[i]);
    }
    for (int i = 0; i < after.size(); i++) {
      given.add(i == at ? Axis.of(taken) : Axis.fixed(after.get(i)));
    }
  }

  private static int taker(List<Long> after) {
    int longest = 0;
    for (int i = 0; i < after.size(); i++) {
      if (after.get(i) > FEW) {
        return i;
      }
      longest = after.get(i) > after.get(longest) ? i : longest;
    }
    return longest;
  }
}
