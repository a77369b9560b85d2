/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Operators that give each element from the elements at its place. */
final class ElementwiseRules {
  /** Each with a number of inputs that are broadcast. */
  static final Set<String> NAMES =
      Set.of(
          "Abs",
          "Acos",
          "Add",
          "And",
          "Asin",
          "Atan",
          "BiasGelu",
          "Cast",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Div",
          "Dropout",
          "Elu",
          "Equal",
          "Erf",
          "Exp",
          "FastGelu",
          "Floor",
          "Gelu",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mod",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "PRelu",
          "Pow",
          "QuickGelu",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Sum",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "Where",
          "Xor");

  private ElementwiseRules() {}

  static void apply(RuleContext context, Node node) {
    List<List<Axis>> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.hasInput(i)) {
        operands.add(context.input(i));
      }
    }
    List<Axis> given = broadcast(context, operands);
    for (int i = 0; i < node.outputs().size(); i++) {
      context.output(i, given);
    }
  }

  /** The axes that operands give together, aligned at the last; what is 1 long stretches. */
  static List<Axis> broadcast(RuleContext context, List<List<Axis>> operands) {
    int rank = operands.stream().mapToInt(List::size).max().orElse(0);
    return IntStream.range(0, rank).mapToObj(i -> axis(context, operands, rank - i)).toList();
  }

  /**
   * @param back how far from the end
   */
  private static Axis axis(RuleContext context, List<List<Axis>> operands, int back) {
    Axis given = Axis.fixed(1);
    for (List<Axis> operand : operands) {
      if (operand.size() < back) {
        continue;
      }
      Axis own = operand.get(operand.size() - back);
      if (given.length() == 1) {
        given = own;
      } else if (own.length() != 1) {
        given = context.unite(given, own);
      }
    }
    return given;
  }
}
