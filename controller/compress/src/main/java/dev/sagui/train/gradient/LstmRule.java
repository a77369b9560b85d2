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
  private final String added;
  private final String seen;
  private final String cellBefore;
  private final String squashed;

  private LstmRule(Recurrence of) {
    this.of = of;
    this.e = of.e();
    String before = of.rows(of.before(of.outputs(), of.initial(5)), of.hidden());
    this.seen = e.concat(1, List.of(of.inputRows(), before));
    String weights = e.concat(1, List.of(of.weight(1), of.weight(2)));
    this.input = e.node("Sigmoid", sum(weights, 0));
    this.output = e.node("Sigmoid", sum(weights, 1));
    this.forget = e.node("Sigmoid", sum(weights, 2));
    this.candidate = e.node("Tanh", sum(weights, 3));
    this.added = e.multiply(input, candidate);
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

  /** What goes into a gate at each step, [T, B, H]. */
  private String sum(String weights, int gate) {
    long size = of.hidden();
    String bias = e.add(of.bias(gate * size, size), of.bias((4 + gate) * size, size));
    String rows = e.slice(weights, 0, gate * size, (gate + 1) * size, 1);
    return of.affine(seen, rows, bias, size);
  }

  /** The cell after each step: what the layer does not give. */
  private String cells() {
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
                rest(added, input),
                rest(of.outputs(), output),
                rest(e.multiply(forget, cellBefore), forget),
                e.subtract(input, e.multiply(added, candidate))));
    String toCell = e.subtract(output, e.multiply(of.outputs(), squashed));
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
    gradients.add(of, all, seen);
    gradients.add(5, dh);
    gradients.add(6, dc);
  }

  /** value · (1 − gate): of a product with a sigmoid, its slope by the sigmoid's sum. */
  private String rest(String value, String gate) {
    return e.subtract(value, e.multiply(value, gate));
  }
}
