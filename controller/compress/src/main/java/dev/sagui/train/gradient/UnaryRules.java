/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.HashMap;
import java.util.Map;

/** Functions of each element alone. */
final class UnaryRules {
  private static final double ROOT_PI = Math.sqrt(Math.PI);

  static final Map<String, GradientRule> ALL = new HashMap<>();

  /** A node's derivative times {@code dy}, by the names of its first input and its output. */
  private interface Derivative {
    String times(Node node, Emitter emit, String x, String y, String dy);
  }

  private static void put(String operator, Derivative derivative) {
    ALL.put(
        operator,
        (node, to) ->
            to.give(0, derivative.times(node, to.emit(), node.input(0), node.output(0), to.dy())));
  }

  static {
    put("Identity", (node, e, x, y, dy) -> dy);
    put("Neg", (node, e, x, y, dy) -> e.negative(dy));
    put("Abs", (node, e, x, y, dy) -> e.multiply(dy, e.node("Sign", x)));
    put("Exp", (node, e, x, y, dy) -> e.multiply(dy, y));
    put("Log", (node, e, x, y, dy) -> e.divide(dy, x));
    put("Sqrt", (node, e, x, y, dy) -> e.multiply(e.divide(dy, y), 0.5));
    put("Reciprocal", (node, e, x, y, dy) -> e.negative(e.multiply(dy, e.multiply(y, y))));
    put("Sin", (node, e, x, y, dy) -> e.multiply(dy, e.node("Cos", x)));
    put("Cos", (node, e, x, y, dy) -> e.negative(e.multiply(dy, e.node("Sin", x))));
    put("Sigmoid", (node, e, x, y, dy) -> e.multiply(dy, e.subtract(y, e.multiply(y, y))));
    put("Tanh", (node, e, x, y, dy) -> e.subtract(dy, e.multiply(dy, e.multiply(y, y))));
    put("Softplus", (node, e, x, y, dy) -> e.multiply(dy, e.node("Sigmoid", x)));
    put("Erf", (node, e, x, y, dy) -> e.multiply(e.multiply(dy, bell(e, x, 1)), 2 / ROOT_PI));
    put("Relu", (node, e, x, y, dy) -> e.multiply(dy, e.nonZero(y)));
    put("LeakyRelu", (node, e, x, y, dy) -> leaky(node.number("alpha", 0.01f), e, x, dy));
    put("Elu", (node, e, x, y, dy) -> elu(node.number("alpha", 1), e, x, y, dy));
    put("HardSigmoid", UnaryRules::hardSigmoid);
    put("HardSwish", UnaryRules::hardSwish);
    put("Gelu", UnaryRules::gelu);
    put("com.microsoft.Gelu", UnaryRules::gelu);
    put("Clip", (node, e, x, y, dy) -> e.multiply(dy, e.number(e.node("Equal", x, y))));
    put("Cast", (node, e, x, y, dy) -> dy);
    for (String step : new String[] {"Round", "Floor", "Ceil", "Sign"}) {
      ALL.put(step, (node, to) -> {}); // flat wherever it has a slope
    }
  }

  private UnaryRules() {}

  /** exp(−x²·scale). */
  private static String bell(Emitter e, String x, double scale) {
    return e.node("Exp", e.multiply(e.multiply(x, x), -scale));
  }

  private static String leaky(double alpha, Emitter e, String x, String dy) {
    String factor = e.multiply(e.greater(x, e.scalar(0)), 1 - alpha);
    return e.multiply(dy, e.add(factor, e.scalar(alpha)));
  }

  /** 1 above zero, y + alpha below, where y = alpha (exp(x) − 1). */
  private static String elu(double alpha, Emitter e, String x, String y, String dy) {
    String above = e.greater(x, e.scalar(0));
    String below = e.subtract(e.scalar(1), above);
    return e.multiply(dy, e.add(above, e.multiply(below, e.add(y, e.scalar(alpha)))));
  }

  private static String hardSigmoid(Node node, Emitter e, String x, String y, String dy) {
    return e.multiply(e.multiply(dy, inside(e, y)), node.number("alpha", 0.2f));
  }

  /** 1 where 0 &lt; y &lt; 1. */
  private static String inside(Emitter e, String y) {
    return e.nonZero(e.subtract(y, e.multiply(y, y)));
  }

  /** y = x·h(x), h = clip(x/6 + 1/2, 0, 1). */
  private static String hardSwish(Node node, Emitter e, String x, String y, String dy) {
    String gate =
        e.node(NodeBuilder.of("HardSigmoid").inputs(x).with("alpha", 1 / 6f).with("beta", 0.5f));
    String slope = e.multiply(e.multiply(x, inside(e, gate)), 1.0 / 6);
    return e.multiply(dy, e.add(gate, slope));
  }

  private static String gelu(Node node, Emitter e, String x, String y, String dy) {
    return e.multiply(
        dy, node.text("approximate", "none").equals("tanh") ? tanhGelu(e, x) : erfGelu(e, x));
  }

  /** Φ(x) + x·φ(x). */
  private static String erfGelu(Emitter e, String x) {
    String half = e.add(e.node("Erf", e.multiply(x, Math.sqrt(0.5))), e.scalar(1));
    String density = e.multiply(bell(e, x, 0.5), 1 / Math.sqrt(2 * Math.PI));
    return e.add(e.multiply(half, 0.5), e.multiply(x, density));
  }

  /**
   * Of 0.5x(1 + t), t = tanh(c(x + 0.044715x³)), c = √(2/π): 0.5(1 + t) + 0.5x(1 − t²)c(1 +
   * 0.134145x²).
   */
  private static String tanhGelu(Emitter e, String x) {
    double c = Math.sqrt(2 / Math.PI);
    String square = e.multiply(x, x);
    String inner = e.multiply(x, e.add(e.multiply(square, 0.044715 * c), e.scalar(c)));
    String t = e.node("Tanh", inner);
    String slope = e.add(e.multiply(square, 3 * 0.044715 * c), e.scalar(c));
    String bend = e.multiply(e.subtract(e.scalar(1), e.multiply(t, t)), slope);
    return e.multiply(e.add(e.add(t, e.scalar(1)), e.multiply(x, bend)), 0.5);
  }
}
