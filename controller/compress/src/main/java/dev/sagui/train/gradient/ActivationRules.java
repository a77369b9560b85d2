/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.HashMap;
import java.util.Map;

/** Activation functions of each element alone. */
final class ActivationRules {
  static final Map<String, GradientRule> ALL = new HashMap<>();

  private static void put(String operator, UnaryRules.Derivative derivative) {
    ALL.put(operator, UnaryRules.rule(derivative));
  }

  static {
    put("Sigmoid", (node, e, x, y, dy) -> e.multiply(dy, e.subtract(y, e.multiply(y, y))));
    put("Softplus", (node, e, x, y, dy) -> e.multiply(dy, e.node("Sigmoid", x)));
    put("Softsign", ActivationRules::softsign);
    put("Relu", (node, e, x, y, dy) -> e.multiply(dy, e.nonZero(y)));
    put("ThresholdedRelu", (node, e, x, y, dy) -> e.multiply(dy, e.nonZero(y)));
    put("LeakyRelu", (node, e, x, y, dy) -> leaky(node.number("alpha", 0.01f), e, x, dy));
    put("Elu", ActivationRules::elu);
    put("Selu", ActivationRules::selu);
    put("Celu", ActivationRules::celu);
    put("HardSigmoid", ActivationRules::hardSigmoid);
    put("HardSwish", ActivationRules::hardSwish);
    put("Mish", (node, e, x, y, dy) -> e.multiply(dy, mish(e, x)));
    put("Swish", (node, e, x, y, dy) -> e.multiply(dy, swish(e, x, node.number("alpha", 1))));
    put(
        "com.microsoft.QuickGelu",
        (node, e, x, y, dy) -> e.multiply(dy, swish(e, x, node.number("alpha", 1.702f))));
    put("Gelu", (node, e, x, y, dy) -> e.multiply(dy, gelu(node, e, x)));
    put("com.microsoft.Gelu", (node, e, x, y, dy) -> e.multiply(dy, erfGelu(e, x)));
    ALL.put("com.microsoft.BiasGelu", ActivationRules::biased);
    ALL.put("com.microsoft.FastGelu", ActivationRules::biased);
  }

  private ActivationRules() {}

  /** y = x / (1 + |x|), whose slope is (1 − |y|)². */
  private static String softsign(Node node, Emitter e, String x, String y, String dy) {
    String rest = e.subtract(e.scalar(1), e.node("Abs", y));
    return e.multiply(dy, e.multiply(rest, rest));
  }

  private static String leaky(double alpha, Emitter e, String x, String dy) {
    String above = e.greater(x, e.scalar(0));
    boolean clips = alpha >= 0 && alpha <= 1;
    return e.multiply(
        dy,
        clips
            ? e.node("Clip", above, e.scalar(alpha), e.scalar(1))
            : e.add(e.multiply(above, 1 - alpha), e.scalar(alpha)));
  }

  private static String elu(Node node, Emitter e, String x, String y, String dy) {
    String below = e.add(y, e.scalar(node.number("alpha", 1)));
    return e.multiply(dy, bent(e, x, 1, below));
  }

  /** Klambauer et al. 2017. */
  private static String selu(Node node, Emitter e, String x, String y, String dy) {
    double gamma = node.number("gamma", 1.050701f);
    String below = e.add(y, e.scalar(gamma * node.number("alpha", 1.6732632f)));
    return e.multiply(dy, bent(e, x, gamma, below));
  }

  private static String celu(Node node, Emitter e, String x, String y, String dy) {
    String below = e.add(e.multiply(y, 1 / node.number("alpha", 1)), e.scalar(1));
    return e.multiply(dy, bent(e, x, 1, below));
  }

  /** A slope that is one number above zero and another one for each element below. */
  private static String bent(Emitter e, String x, double above, String below) {
    String positive = e.greater(x, e.scalar(0));
    String negative = e.subtract(e.scalar(1), positive);
    return e.add(e.multiply(positive, above), e.multiply(negative, below));
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

  /** Of x·tanh(softplus(x)). */
  private static String mish(Emitter e, String x) {
    String t = e.node("Tanh", e.node("Softplus", x));
    String bend = e.multiply(e.subtract(e.scalar(1), e.multiply(t, t)), e.node("Sigmoid", x));
    return e.add(t, e.multiply(x, bend));
  }

  /** Of x·s, s = sigmoid(αx): s + αx(s − s²). */
  private static String swish(Emitter e, String x, double alpha) {
    String scaled = e.multiply(x, alpha);
    String s = e.node("Sigmoid", scaled);
    return e.add(s, e.multiply(scaled, e.subtract(s, e.multiply(s, s))));
  }

  private static String gelu(Node node, Emitter e, String x) {
    return node.text("approximate", "none").equals("tanh") ? tanhGelu(e, x) : erfGelu(e, x);
  }

  /** Φ(x) + x·φ(x). */
  private static String erfGelu(Emitter e, String x) {
    String half = e.add(e.node("Erf", e.multiply(x, Math.sqrt(0.5))), e.scalar(1));
    String density = e.multiply(UnaryRules.bell(e, x, 0.5), 1 / Math.sqrt(2 * Math.PI));
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

  /** Of x plus a bias of the last axis. */
  private static void biased(Node node, Backward to) {
    Emitter e = to.emit();
    String x = node.hasInput(1) ? e.add(node.input(0), node.input(1)) : node.input(0);
    String slope = node.op().equals("FastGelu") ? tanhGelu(e, x) : erfGelu(e, x);
    String dx = e.multiply(to.dy(), slope);
    to.give(0, dx);
    to.giveSummed(1, dx);
  }
}
