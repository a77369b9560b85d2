/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Node;
import java.util.HashMap;
import java.util.Map;

/** Elementary functions of each element alone. */
final class UnaryRules {
  private static final double ROOT_PI = Math.sqrt(Math.PI);

  static final Map<String, GradientRule> ALL = new HashMap<>();

  /** A node's derivative times {@code dy}, by the names of its first input and its output. */
  interface Derivative {
    String times(Node node, Emitter emit, String x, String y, String dy);
  }

  static GradientRule rule(Derivative derivative) {
    return (node, to) ->
        to.give(0, derivative.times(node, to.emit(), node.input(0), node.output(0), to.dy()));
  }

  private static void put(String operator, Derivative derivative) {
    ALL.put(operator, rule(derivative));
  }

  static {
    put("Identity", (node, e, x, y, dy) -> dy);
    put("CastLike", (node, e, x, y, dy) -> dy);
    put("Neg", (node, e, x, y, dy) -> e.negative(dy));
    put("Abs", (node, e, x, y, dy) -> e.multiply(dy, e.node("Sign", x)));
    put("Exp", (node, e, x, y, dy) -> e.multiply(dy, y));
    put("Log", (node, e, x, y, dy) -> e.divide(dy, x));
    put("Sqrt", (node, e, x, y, dy) -> e.multiply(e.divide(dy, y), 0.5));
    put("Reciprocal", (node, e, x, y, dy) -> e.negative(e.multiply(dy, e.multiply(y, y))));
    put("Erf", (node, e, x, y, dy) -> e.multiply(e.multiply(dy, bell(e, x, 1)), 2 / ROOT_PI));
    put("Sin", (node, e, x, y, dy) -> e.multiply(dy, e.node("Cos", x)));
    put("Cos", (node, e, x, y, dy) -> e.negative(e.multiply(dy, e.node("Sin", x))));
    put("Tan", (node, e, x, y, dy) -> e.add(dy, e.multiply(dy, e.multiply(y, y))));
    put("Asin", (node, e, x, y, dy) -> e.divide(dy, rootOfSquare(e, x, -1, 1)));
    put("Acos", (node, e, x, y, dy) -> e.negative(e.divide(dy, rootOfSquare(e, x, -1, 1))));
    put("Atan", (node, e, x, y, dy) -> e.divide(dy, square(e, x, 1, 1)));
    put("Sinh", (node, e, x, y, dy) -> e.multiply(dy, e.node("Cosh", x)));
    put("Cosh", (node, e, x, y, dy) -> e.multiply(dy, e.node("Sinh", x)));
    put("Tanh", (node, e, x, y, dy) -> e.subtract(dy, e.multiply(dy, e.multiply(y, y))));
    put("Asinh", (node, e, x, y, dy) -> e.divide(dy, rootOfSquare(e, x, 1, 1)));
    put("Acosh", (node, e, x, y, dy) -> e.divide(dy, rootOfSquare(e, x, 1, -1)));
    put("Atanh", (node, e, x, y, dy) -> e.divide(dy, square(e, x, -1, 1)));
    ALL.put("Cast", UnaryRules::cast);
  }

  private UnaryRules() {}

  private static void cast(Node node, Backward to) {
    ElementType type = ElementType.of((int) node.integer("to", 0));
    if (type != ElementType.FLOAT) {
      throw to.refused("it gives %s, expected float32 throughout".formatted(type));
    }
    to.give(0, to.dy());
  }

  /** exp(−x²·scale). */
  static String bell(Emitter e, String x, double scale) {
    return e.node("Exp", e.multiply(e.multiply(x, x), -scale));
  }

  /** factor·x² + more. */
  private static String square(Emitter e, String x, double factor, double more) {
    return e.add(e.multiply(e.multiply(x, x), factor), e.scalar(more));
  }

  private static String rootOfSquare(Emitter e, String x, double factor, double more) {
    return e.node("Sqrt", square(e, x, factor, more));
  }
}
