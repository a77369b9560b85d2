/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.NodeBuilder;
import java.util.Arrays;
import java.util.List;

/**
 * One direction of an LSTM written out step by step, so that its gradient finds what each step
 * computed: ONNX Runtime's own operator gives the outputs alone, and to compute the gates again
 * takes a third more multiplications than a step of training needs.
 */
final class UnrolledLstm {
  private static final int GATES = 4;

  /**
   * What one step computes, each [B, H]: {@code added} is i·c, {@code kept} is f·(cell before),
   * {@code squashed} is tanh of the cell.
   */
  record Step(
      String input,
      String output,
      String forget,
      String candidate,
      String added,
      String kept,
      String cell,
      String squashed,
      String given) {}

  private final Recurrence of;
  private final Emitter e;
  private final Step[] steps;

  UnrolledLstm(Recurrence of) {
    this.of = of;
    this.e = of.e();
    this.steps = new Step[Math.toIntExact(of.steps())];
    long sums = GATES * of.hidden();
    String bias = e.add(of.bias(0, sums), of.bias(sums, sums));
    String fromInput = gemm(of.inputRows(), of.weight(1), bias);
    List<String> fed = e.split(fromInput, 0, of.steps(), of.batch());
    String recurrent = of.weight(2);
    String given = of.rows(of.initial(5));
    String cell = of.rows(of.initial(6));
    for (long step : of.forwards()) {
      Step done = step(gemm(given, recurrent, fed.get((int) step)), cell);
      steps[(int) step] = done;
      given = done.given();
      cell = done.cell();
    }
  }

  private String gemm(String rows, String weight, String more) {
    return e.node(NodeBuilder.of("Gemm").inputs(rows, weight, more).with("transB", 1));
  }

  private Step step(String sums, String cellBefore) {
    List<String> each = e.split(sums, 1, GATES, of.hidden());
    String input = e.node("Sigmoid", each.get(0));
    String output = e.node("Sigmoid", each.get(1));
    String forget = e.node("Sigmoid", each.get(2));
    String candidate = e.node("Tanh", each.get(3));
    String added = e.multiply(input, candidate);
    String kept = e.multiply(forget, cellBefore);
    String cell = e.add(kept, added);
    String squashed = e.node("Tanh", cell);
    String given = e.multiply(output, squashed);
    return new Step(input, output, forget, candidate, added, kept, cell, squashed, given);
  }

  Step at(long step) {
    return steps[(int) step];
  }

  /** What the layer gives, [T, 1, B, H]. */
  String outputs() {
    String rows = e.concat(0, Arrays.stream(steps).map(Step::given).toList());
    return e.reshape(rows, List.of(of.steps(), 1L, of.batch(), of.hidden()));
  }

  /** What comes last of the outputs, [1, B, H]. */
  String lastOutput() {
    return of.state(last().given());
  }

  /** What comes last of the cells, [1, B, H]. */
  String lastCell() {
    return of.state(last().cell());
  }

  private Step last() {
    long[] order = of.forwards();
    return at(order[order.length - 1]);
  }

  /** x and the output before each step side by side, [T·B, columns of W and R]. */
  String seen() {
    String[] before = new String[steps.length];
    String given = of.rows(of.initial(5));
    for (long step : of.forwards()) {
      before[(int) step] = given;
      given = at(step).given();
    }
    return e.concat(1, List.of(of.inputRows(), e.concat(0, List.of(before))));
  }
}
