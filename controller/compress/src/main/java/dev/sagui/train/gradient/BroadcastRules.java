/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.Map;

/** Functions of the elements of several inputs, which are broadcast to one shape. */
final class BroadcastRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "Add", BroadcastRules::sum,
          "Sum", BroadcastRules::sum,
          "Mean", BroadcastRules::mean,
          "Sub", BroadcastRules::difference,
          "Mul", BroadcastRules::product,
          "Div", BroadcastRules::quotient,
          "Pow", BroadcastRules::power,
          "PRelu", BroadcastRules::slope,
          "Expand", (node, to) -> to.giveSummed(0, to.dy()));

  private BroadcastRules() {}

  private static void sum(Node node, Backward to) {
    for (int i = 0; i < node.inputs().size(); i++) {
      to.giveSummed(i, to.dy());
    }
  }

  private static void mean(Node node, Backward to) {
    String share = to.emit().multiply(to.dy(), 1.0 / node.inputs().size());
    for (int i = 0; i < node.inputs().size(); i++) {
      to.giveSummed(i, share);
    }
  }

  private static void difference(Node node, Backward to) {
    to.giveSummed(0, to.dy());
    if (to.wants(1)) {
      to.giveSummed(1, to.emit().negative(to.dy()));
    }
  }

  private static void product(Node node, Backward to) {
    for (int i = 0; i < 2; i++) {
      if (to.wants(i)) {
        to.giveSummed(i, to.emit().multiply(to.dy(), node.input(1 - i)));
      }
    }
  }

  private static void quotient(Node node, Backward to) {
    Emitter e = to.emit();
    String scaled = e.divide(to.dy(), node.input(1));
    to.giveSummed(0, scaled);
    if (to.wants(1)) {
      to.giveSummed(1, e.negative(e.multiply(scaled, node.output(0))));
    }
  }

  /** Of a number as the exponent: 2 above all. */
  private static void power(Node node, Backward to) {
    Emitter e = to.emit();
    if (to.wants(0)) {
      double exponent = to.number(1).orElse(Double.NaN);
      String slope =
          exponent == 2
              ? e.multiply(node.input(0), 2)
              : e.multiply(
                  node.input(1),
                  e.node("Pow", node.input(0), e.subtract(node.input(1), e.scalar(1))));
      to.giveSummed(0, e.multiply(to.dy(), slope));
    }
    if (to.wants(1)) {
      String log = e.node("Log", node.input(0));
      to.giveSummed(1, e.multiply(to.dy(), e.multiply(node.output(0), log)));
    }
  }

  /** PRelu; its slope is broadcast to x, not the other way round. */
  private static void slope(Node node, Backward to) {
    Emitter e = to.emit();
    String x = node.input(0);
    if (to.wants(0)) {
      String above = e.greater(x, e.scalar(0));
      String below = e.multiply(e.subtract(e.scalar(1), above), node.input(1));
      to.give(0, e.multiply(to.dy(), e.add(above, below)));
    }
    if (to.wants(1)) {
      String negative = e.negative(e.node("Relu", e.negative(x)));
      to.giveSummed(1, e.multiply(to.dy(), negative));
    }
  }
}
