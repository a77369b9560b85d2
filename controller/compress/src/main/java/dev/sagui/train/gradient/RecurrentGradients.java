/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The gradients of a recurrent layer's inputs, gathered from its directions. */
final class RecurrentGradients {
  private final Backward to;
  private final List<String> inputs = new ArrayList<>();
  private final List<List<String>> parts = new ArrayList<>();

  RecurrentGradients(Backward to) {
    this.to = to;
    for (int i = 0; i < to.node().inputs().size(); i++) {
      parts.add(new ArrayList<>());
    }
  }

  /**
   * Adds those of one direction.
   *
   * @param forInput of the gates' sums, [T, B, G·H]: what x and W get
   * @param forHidden the same as the hidden state and its biases get
   * @param recurrent of R
   */
  void add(Recurrence of, String forInput, String forHidden, String recurrent) {
    String rows = rows(of, forInput);
    toInput(of, rows);
    if (to.wants(1)) {
      add(1, of.outer(rows, of.inputRows()));
    }
    add(2, recurrent);
    toBias(rows, forHidden.equals(forInput) ? rows : rows(of, forHidden));
  }

  /**
   * The same where x and the hidden state go into the same sums: one product for W and R.
   *
   * @param sums [T, B, G·H]
   * @param seen x and the hidden state before each step side by side, [T·B, columns of W and R]
   */
  void add(Recurrence of, String sums, String seen) {
    String rows = rows(of, sums);
    toInput(of, rows);
    long columns = to.inputShape(1).get(2);
    long from = to.wants(1) ? 0 : columns;
    long end = to.wants(2) ? columns + of.hidden() : columns;
    if (from < end) {
      boolean all = to.wants(1) && to.wants(2);
      String both = of.outer(rows, all ? seen : of.e().slice(seen, 1, from, end, 1));
      add(1, of.e().slice(both, 1, 0, columns, 1));
      add(2, of.e().slice(both, 1, columns - from, end - from, 1));
    }
    toBias(rows, rows);
  }

  private String rows(Recurrence of, String sums) {
    return of.rows(sums, to.inputShape(1).get(1));
  }

  private void toInput(Recurrence of, String rows) {
    if (to.wants(0)) {
      inputs.add(of.e().reshape(of.e().node("MatMul", rows, of.weight(1)), to.inputShape(0)));
    }
  }

  private void toBias(String rows, String hidden) {
    if (to.wants(3)) {
      String sum = columns(rows);
      String other = hidden.equals(rows) ? sum : columns(hidden);
      add(3, to.emit().concat(0, List.of(sum, other)));
    }
  }

  private String columns(String rows) {
    List<Long> x = to.inputShape(0);
    long width = to.inputShape(1).get(1);
    return to.summed(rows, List.of(x.get(0) * x.get(1), width), List.of(width));
  }

  /** Adds the gradient of one direction's initial state. */
  void add(int input, String gradient) {
    if (to.wants(input)) {
      parts.get(input).add(gradient);
    }
  }

  /** Hands them over. */
  void give() {
    Emitter e = to.emit();
    if (!inputs.isEmpty()) {
      to.give(0, inputs.size() == 1 ? inputs.get(0) : e.node("Sum", inputs.toArray(String[]::new)));
    }
    for (int i = 1; i < parts.size(); i++) {
      if (!parts.get(i).isEmpty()) {
        to.give(i, e.reshape(e.concat(0, parts.get(i)), to.inputShape(i)));
      }
    }
  }

  /** The steps' values in the order of time, from those that were made backwards. */
  static String inOrder(Recurrence of, List<String> backwards) {
    String[] ordered = new String[backwards.size()];
    long[] steps = of.backwards();
    for (int i = 0; i < steps.length; i++) {
      ordered[(int) steps[i]] = backwards.get(i);
    }
    return of.e().concat(0, Arrays.asList(ordered));
  }
}
