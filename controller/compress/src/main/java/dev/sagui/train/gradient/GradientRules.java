/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The rule of each operator. */
final class GradientRules {
  private static final Map<String, GradientRule> RULES = new HashMap<>();

  static {
    RULES.putAll(UnaryRules.ALL);
    RULES.putAll(ActivationRules.ALL);
    RULES.putAll(BroadcastRules.ALL);
    RULES.putAll(ProductRules.ALL);
    RULES.putAll(ConvRules.ALL);
    RULES.putAll(LayoutRules.ALL);
    RULES.putAll(ReduceRules.ALL);
    RULES.putAll(NormalizationRules.ALL);
    RULES.putAll(ChoiceRules.ALL);
    RULES.putAll(IndexRules.ALL);
    RULES.putAll(PoolRules.ALL);
    RULES.putAll(QuantizeRules.ALL);
    RULES.put("Dropout", ChoiceRules::dropout);
    RULES.put("Einsum", EinsumRule::back);
    RULES.put("GRU", GruRule::back);
    RULES.put("LSTM", LstmRule::back);
    RULES.put("Pad", PadRule::back);
    RULES.put("Resize", ResizeRule::back);
    RULES.put("RNN", RnnRule::back);
  }

  /** Of what these give the slope is zero wherever there is one. */
  private static final Set<String> FLAT =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "ConstantOfShape",
          "Equal",
          "EyeLike",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "NonZero",
          "Not",
          "OneHot",
          "Or",
          "RandomNormalLike",
          "RandomUniformLike",
          "Round",
          "Shape",
          "Sign",
          "Size",
          "Xor");

  private GradientRules() {}

  /** Whether no gradient passes an operator: not because it has no rule, but because it is zero. */
  static boolean isFlat(Node node) {
    return node.is("Cast") ? !isReal(node) : node.isStandard() && FLAT.contains(node.op());
  }

  private static boolean isReal(Node cast) {
    return switch (ElementType.of((int) cast.integer("to", 0))) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  /**
   * @throws RejectedException UNSUPPORTED_MODEL when there is none
   */
  static GradientRule of(Node node) {
    String name = node.isStandard() ? node.op() : node.proto().getDomain() + "." + node.op();
    GradientRule rule = RULES.get(name);
    if (rule == null) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "%s has no gradient rule; freeze what lies before it, or train what comes after it"
              .formatted(node));
    }
    return rule;
  }
}
