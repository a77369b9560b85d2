/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;

/** RNN, h = tanh(Wx + Rh + b); through time. */
final class RnnRule {
  private RnnRule() {}

  static void back(Node node, Backward to) {
    RecurrentGradients gradients = new RecurrentGradients(to);
    for (Recurrence direction : Recurrence.of(node, to, List.of("Tanh"))) {
      back(direction, gradients);
    }
    gradients.give();
  }

  private static void back(Recurrence of, RecurrentGradients gradients) {
    Emitter e = of.e();
    String outputs = of.outputs();
    String slopes = e.subtract(e.scalar(1), e.multiply(outputs, outputs));
    String recurrent = of.weight(2);
    String dh = of.last(1);
    List<String> sums = new ArrayList<>();
    for (long step : of.backwards()) {
      String sum = e.multiply(of.arriving(step, dh), of.at(slopes, step));
      sums.add(sum);
      dh = e.node("MatMul", sum, recurrent);
    }
    String all = RecurrentGradients.inOrder(of, sums);
    String before = of.rows(of.before(outputs, of.initial(5)), of.hidden());
    gradients.add(of, all, all, of.outer(of.rows(all, of.hidden()), before));
    gradients.add(5, dh);
  }
}
