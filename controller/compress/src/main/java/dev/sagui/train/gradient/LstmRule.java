/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** LSTM, Hochreiter and Schmidhuber 1997, as ONNX writes it: gates i, o, f, c; through time. */
final class LstmRule {
  private final Recurrence of;
  private final Emitter e;
  private final String input;
  private final String output;
  private final String forget;
  private final String candidate;
  private final String before;
  private final String cellBefore;
  private final String squashed;

  private LstmRule(Recurrence of) {
    this.of = of;
    this.e = of.e();
    long width = 4 * of.hidden();
    this.before = of.before(of.outputs(), of.initial(5));
    String bias = e.add(of.bias(0, width), of.bias(width, width));
    String fromInput = of.rows(of.affine(of.inputRows(), of.weight(1), bias, width), width);
    String sums = of.affine(of.rows(before, of.hidden()), of.weight(2), fromInput, width);
    this.input = e.node("Sigmoid", of.gate(sums, 0));
    this.output = e.node("Sigmoid", of.gate(sums, 1));
    this.forget = e.node("Sigmoid", of.gate(sums, 2));
    this.candidate = e.node("Tanh", of.gate(sums, 3));
    String cells = cells();
    this.cellBefore = of.before(cells, of.initial(6));
    this.squashed = e.node("Tanh", cells);
  }

  static void back(Node node, Backward to) {
    if (node.hasInput(7)) {
      throw to.refused("it has peepholes");
    }
    RecurrentGradients gradients = new RecurrentGradients(to);
    for (Recurrence direction : Recurrence.of(node, to, List.of("Sigmoid", "Tanh", "Tanh"))) {
      new LstmRule(direction).back(gradients);
    }
    gradients.give();
  }

  /** The cell after each step: what the layer does not give. */
  private String cells() {
    String added = e.multiply(input, candidate);
    List<String> backwards = new ArrayList<>();
    String cell = of.initial(6);
    long[] steps = of.backwards();
    for (int i = steps.length - 1; i >= 0; i--) {
      cell = e.add(e.multiply(of.at(forget, steps[i]), cell), of.at(added, steps[i]));
      backwards.add(cell);
    }
    Collections.reverse(backwards);
    return RecurrentGradients.inOrder(of, backwards);
  }

  private void back(RecurrentGradients gradients) {
    String slopes =
        e.concat(
            -1,
            List.of(
                e.multiply(candidate, bump(input)),
                e.multiply(squashed, bump(output)),
                e.multiply(cellBefore, bump(forget)),
                e.multiply(input, rest(candidate))));
    String toCell = e.multiply(output, rest(squashed));
    String recurrent = of.weight(2);
    String dh = of.last(1);
    String dc = of.last(2);
    List<String> sums = new ArrayList<>();
    for (long step : of.backwards()) {
      String hidden = of.arriving(step, dh);
      String cell = e.add(e.multiply(hidden, of.at(toCell, step)), dc);
      String each = e.concat(-1, List.of(cell, hidden, cell, cell));
      String sum = e.multiply(each, of.at(slopes, step));
      sums.add(sum);
      dh = e.node("MatMul", sum, recurrent);
      dc = e.multiply(cell, of.at(forget, step));
    }
    String all = RecurrentGradients.inOrder(of, sums);
    String rows = of.rows(all, 4 * of.hidden());
    gradients.add(of, all, all, of.outer(rows, of.rows(before, of.hidden())));
    gradients.add(5, dh);
    gradients.add(6, dc);
  }

  /** s − s², the slope of a sigmoid. */
  private String bump(String s) {
    return e.subtract(s, e.multiply(s, s));
  }

  /** 1 − t², the slope of a tanh. */
  private String rest(String t) {
    return e.subtract(e.scalar(1), e.multiply(t, t));
  }
}
