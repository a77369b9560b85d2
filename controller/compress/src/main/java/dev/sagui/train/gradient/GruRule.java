/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * GRU, Cho et al. 2014, as ONNX writes it: gates z, r, h; through time. The reset gate acts on the
 * state before its product or, with linear_before_reset as cuDNN and PyTorch have it, after.
 */
final class GruRule {
  private final Recurrence of;
  private final Emitter e;
  private final String before;
  private final String update;
  private final String reset;
  private final String candidate;
  private final String product;

  private GruRule(Recurrence of, boolean after) {
    this.of = of;
    this.e = of.e();
    long hidden = of.hidden();
    this.before = of.before(of.outputs(), of.initial(5));
    String rows = of.rows(before, hidden);
    String fromInput = of.affine(of.inputRows(), of.weight(1), of.bias(0, 3 * hidden), 3 * hidden);
    String fromHidden = of.affine(rows, gates(0, 2), of.bias(3 * hidden, 2 * hidden), 2 * hidden);
    this.update = e.node("Sigmoid", e.add(of.gate(fromInput, 0), of.gate(fromHidden, 0)));
    this.reset = e.node("Sigmoid", e.add(of.gate(fromInput, 1), of.gate(fromHidden, 1)));
    String seen = after ? rows : of.rows(e.multiply(reset, before), hidden);
    this.product = of.affine(seen, gates(2, 3), of.bias(5 * hidden, hidden), hidden);
    String more = after ? e.multiply(reset, product) : product;
    this.candidate = e.node("Tanh", e.add(of.gate(fromInput, 2), more));
  }

  static void back(Node node, Backward to) {
    boolean after = node.integer("linear_before_reset", 0) != 0;
    RecurrentGradients gradients = new RecurrentGradients(to);
    for (Recurrence direction : Recurrence.of(node, to, List.of("Sigmoid", "Tanh"))) {
      GruRule rule = new GruRule(direction, after);
      if (after) {
        rule.backAfter(gradients);
      } else {
        rule.backBefore(gradients);
      }
    }
    gradients.give();
  }

  /** The rows of R of some gates. */
  private String gates(int from, int to) {
    return e.slice(of.weight(2), 0, from * of.hidden(), to * of.hidden(), 1);
  }

  /** Of the update gate's sum, for a gradient of 1. */
  private String updateSlope() {
    return e.multiply(e.subtract(before, candidate), bump(update));
  }

  /** Of the candidate's sum, for a gradient of 1. */
  private String candidateSlope() {
    String kept = e.subtract(e.scalar(1), update);
    return e.multiply(kept, e.subtract(e.scalar(1), e.multiply(candidate, candidate)));
  }

  private String bump(String s) {
    return e.subtract(s, e.multiply(s, s));
  }

  private void backAfter(RecurrentGradients gradients) {
    String candidateSlope = candidateSlope();
    String updateSlope = updateSlope();
    String resetSlope = e.multiply(e.multiply(candidateSlope, product), bump(reset));
    String hiddenSlopes =
        e.concat(-1, List.of(updateSlope, resetSlope, e.multiply(candidateSlope, reset)));
    String inputSlopes = e.concat(-1, List.of(updateSlope, resetSlope, candidateSlope));
    String recurrent = of.weight(2);
    String dh = of.last(1);
    List<String> arrived = new ArrayList<>();
    for (long step : of.backwards()) {
      String hidden = of.arriving(step, dh);
      String each = e.concat(-1, List.of(hidden, hidden, hidden));
      arrived.add(each);
      String sum = e.multiply(each, of.at(hiddenSlopes, step));
      dh = e.add(e.node("MatMul", sum, recurrent), e.multiply(hidden, of.at(update, step)));
    }
    String all = RecurrentGradients.inOrder(of, arrived);
    String forHidden = e.multiply(all, hiddenSlopes);
    String rows = of.rows(forHidden, 3 * of.hidden());
    gradients.add(
        of, e.multiply(all, inputSlopes), forHidden, of.outer(rows, of.rows(before, of.hidden())));
    gradients.add(5, dh);
  }

  private void backBefore(RecurrentGradients gradients) {
    String candidateSlope = candidateSlope();
    String updateSlope = updateSlope();
    String resetSlope = e.multiply(before, bump(reset));
    String first = gates(0, 2);
    String second = gates(2, 3);
    String dh = of.last(1);
    List<String> firstSums = new ArrayList<>();
    List<String> secondSums = new ArrayList<>();
    for (long step : of.backwards()) {
      String hidden = of.arriving(step, dh);
      String last = e.multiply(hidden, of.at(candidateSlope, step));
      String through = e.node("MatMul", last, second);
      String pair =
          e.concat(
              -1,
              List.of(
                  e.multiply(hidden, of.at(updateSlope, step)),
                  e.multiply(through, of.at(resetSlope, step))));
      firstSums.add(pair);
      secondSums.add(last);
      String direct =
          e.add(e.multiply(through, of.at(reset, step)), e.multiply(hidden, of.at(update, step)));
      dh = e.add(e.node("MatMul", pair, first), direct);
    }
    String pairs = RecurrentGradients.inOrder(of, firstSums);
    String lasts = RecurrentGradients.inOrder(of, secondSums);
    long hidden = of.hidden();
    String all = e.concat(-1, List.of(pairs, lasts));
    String upper = of.outer(of.rows(pairs, 2 * hidden), of.rows(before, hidden));
    String lower = of.outer(of.rows(lasts, hidden), of.rows(e.multiply(reset, before), hidden));
    gradients.add(of, all, all, e.concat(0, List.of(upper, lower)));
    gradients.add(5, dh);
  }
}
