/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Node;
import java.util.HashMap;
import java.util.Map;

/** The rule of each operator. */
final class GradientRules {
  private static final Map<String, GradientRule> RULES = new HashMap<>();

  static {
    RULES.putAll(UnaryRules.ALL);
    RULES.putAll(BroadcastRules.ALL);
    RULES.putAll(ProductRules.ALL);
    RULES.putAll(ConvRules.ALL);
    RULES.putAll(LayoutRules.ALL);
    RULES.putAll(ReduceRules.ALL);
  }

  private GradientRules() {}

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
