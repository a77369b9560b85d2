/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;

/** LSTM, Hochreiter and Schmidhuber 1997, as ONNX writes it: gates i, o, f, c; through time. */
final class LstmRule {
  private final Recurrence of;
  private final Emitter e;
  private final UnrolledLstm steps;

  private LstmRule(Recurrence of) {
    this.of = of;
    this.e = of.e();
    this.steps = new UnrolledLstm(of);
  }

  static void back(Node node, Backward to) {
    if (node.hasInput(7)) {
      throw to.refused("it has peepholes");
    }
    RecurrentGradients gradients = new RecurrentGradients(to);
    List<String> outputs = new ArrayList<>();
    List<String> lastOutputs = new ArrayList<>();
    List<String> lastCells = new ArrayList<>();
    for (Recurrence direction : Recurrence.of(node, to, List.of("Sigmoid", "Tanh", "Tanh"))) {
      LstmRule rule = new LstmRule(direction);
      rule.back(gradients);
      outputs.add(rule.steps.outputs());
      lastOutputs.add(rule.steps.lastOutput());
      lastCells.add(rule.steps.lastCell());
    }
    gradients.give();
    Emitter e = to.emit();
    to.replace(List.of(e.concat(1, outputs), e.concat(0, lastOutputs), e.concat(0, lastCells)));
  }

  private void back(RecurrentGradients gradients) {
    String recurrent = of.weight(2);
    String dh = of.rows(of.last(1));
    String dc = of.rows(of.last(2));
    List<String> sums = new ArrayList<>();
    for (long each : of.backwards()) {
      UnrolledLstm.Step step = steps.at(each);
      String given = of.arrivingRows(each, dh);
      String toCell = e.subtract(step.output(), e.multiply(step.given(), step.squashed()));
      String cell = e.add(e.multiply(given, toCell), dc);
      String candidate = e.subtract(step.input(), e.multiply(step.added(), step.candidate()));
      String sum =
          e.concat(
              1,
              List.of(
                  e.multiply(cell, rest(step.added(), step.input())),
                  e.multiply(given, rest(step.given(), step.output())),
                  e.multiply(cell, rest(step.kept(), step.forget())),
                  e.multiply(cell, candidate)));
      sums.add(sum);
      dh = e.node("MatMul", sum, recurrent);
      dc = e.multiply(cell, step.forget());
    }
    gradients.add(of, RecurrentGradients.inOrder(of, sums), steps.seen());
    gradients.add(5, of.state(dh));
    gradients.add(6, of.state(dc));
  }

  /** value · (1 − gate): of a product with a sigmoid, its slope by the sigmoid's sum. */
  private String rest(String value, String gate) {
    return e.subtract(value, e.multiply(value, gate));
  }
}
