/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.plan;

import dev.sagui.keys.Keys;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An optimizer as people write it: {@code adam}, or {@code {adam: {rate: 0.001}}}. */
final class OptimizerKeys {
  private static final List<String> NAMES =
      Arrays.stream(OptimizerRule.values()).map(OptimizerKeys::name).toList();

  private OptimizerKeys() {}

  static OptimizerOptions parse(Keys keys, OptimizerOptions usual) {
    Keys.Choice choice = keys.choice("optimizer", name(usual.rule()), NAMES);
    OptimizerRule rule = OptimizerRule.valueOf(choice.name().toUpperCase(Locale.ROOT));
    OptimizerOptions of = rule == usual.rule() ? usual : OptimizerOptions.usual(rule);
    Keys own = choice.keys().only(keys(rule));
    return new OptimizerOptions(
        rule,
        own.number("rate", of.rate(), Double.MIN_VALUE, Float.MAX_VALUE),
        share(own, rule == OptimizerRule.SGD ? "momentum" : "beta1", of.beta1()),
        share(own, "beta2", of.beta2()),
        own.number("epsilon", of.epsilon(), 0, 1),
        own.number("decay", of.decay(), 0, 1));
  }

  private static double share(Keys keys, String key, double otherwise) {
    return keys.number(key, otherwise, 0, Math.nextDown(1.0));
  }

  private static List<String> keys(OptimizerRule rule) {
    return switch (rule) {
      case SGD -> List.of("rate", "momentum", "decay");
      case ADAM, ADAMW -> List.of("rate", "beta1", "beta2", "epsilon", "decay");
      case LION -> List.of("rate", "beta1", "beta2", "decay");
    };
  }

  static Map<String, Object> json(OptimizerOptions options) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("rate", options.rate());
    all.put("momentum", options.beta1());
    all.put("beta1", options.beta1());
    all.put("beta2", options.beta2());
    all.put("epsilon", options.epsilon());
    all.put("decay", options.decay());
    all.keySet().retainAll(new ArrayList<>(keys(options.rule())));
    return Map.of(name(options.rule()), all);
  }

  private static String name(OptimizerRule rule) {
    return rule.name().toLowerCase(Locale.ROOT);
  }
}
