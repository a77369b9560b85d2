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
    Emitter e = of.e();
    long width = to.inputShape(1).get(1);
    String rows = of.rows(forInput, width);
    if (to.wants(0)) {
      inputs.add(e.reshape(e.node("MatMul", rows, of.weight(1)), to.inputShape(0)));
    }
    if (to.wants(1)) {
      add(1, of.outer(rows, of.inputRows()));
    }
    if (to.wants(2)) {
      add(2, recurrent);
    }
    if (to.wants(3)) {
      String hidden = forHidden.equals(forInput) ? rows : of.rows(forHidden, width);
      add(3, e.concat(0, List.of(e.sum(rows, false, 0), e.sum(hidden, false, 0))));
    }
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
