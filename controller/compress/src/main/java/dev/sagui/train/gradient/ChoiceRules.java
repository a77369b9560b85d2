/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that choose elements by comparing. */
final class ChoiceRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "Where", ChoiceRules::where,
          "Max", ChoiceRules::extreme,
          "Min", ChoiceRules::extreme,
          "Clip", ChoiceRules::clip);

  private ChoiceRules() {}

  /** By products with the mask: as fast as a Cast, where a Where is many times slower. */
  private static void where(Node node, Backward to) {
    Emitter e = to.emit();
    if (to.wants(1)) {
      to.giveSummed(1, e.multiply(to.dy(), e.number(node.input(0))));
    }
    if (to.wants(2)) {
      to.giveSummed(2, e.multiply(to.dy(), e.number(e.node("Not", node.input(0)))));
    }
  }

  /** Of equal ones the first gets the gradient. */
  private static void extreme(Node node, Backward to) {
    Emitter e = to.emit();
    List<String> rest = new ArrayList<>(List.of(to.dy()));
    for (int i = 0; i < node.inputs().size(); i++) {
      String left = rest.get(0);
      if (i == node.inputs().size() - 1) {
        to.giveSummed(i, left);
      } else {
        String chosen = e.multiply(left, e.number(e.node("Equal", node.input(i), node.output(0))));
        to.giveSummed(i, chosen);
        rest.set(0, e.subtract(left, chosen));
      }
    }
  }

  /** Within the bounds, them included, x gets the gradient; beyond, the bound does. */
  private static void clip(Node node, Backward to) {
    Emitter e = to.emit();
    String x = node.input(0);
    if (to.wants(0)) {
      to.give(0, e.multiply(to.dy(), e.number(e.node("Equal", x, node.output(0)))));
    }
    if (to.wants(1)) {
      to.giveSummed(1, e.multiply(to.dy(), e.number(e.node("Less", x, node.input(1)))));
    }
    if (to.wants(2)) {
      to.giveSummed(2, e.multiply(to.dy(), e.number(e.node("Greater", x, node.input(2)))));
    }
  }

  /** Srivastava et al. 2014: what the node dropped has no gradient, the rest has it as large. */
  static void dropout(Node node, Backward to) {
    if (!node.hasInput(2) || to.integers(2)[0] == 0) {
      to.give(0, to.dy());
      return;
    }
    double ratio = node.hasInput(1) ? to.numbers(1)[0] : 0.5;
    Emitter e = to.emit();
    String kept = e.multiply(e.number(to.extraOutput(1)), 1 / (1 - ratio));
    to.give(0, e.multiply(to.dy(), kept));
  }
}
