/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weight and parameters of a term, as a recipe has them.
 *
 * @param values by key, as they were read
 */
record Parameters(String term, Map<String, Object> values) {
  private static final String WEIGHT = "weight";

  /**
   * @param written a weight, or keys and values
   */
  static Parameters of(String term, Object written) {
    if (written instanceof Number) {
      return new Parameters(term, Map.of(WEIGHT, written));
    }
    if (!(written instanceof Map<?, ?> map)) {
      throw bad(
          "expected a weight or {weight: 1, …} under '%s', got '%s'".formatted(term, written));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    map.forEach((key, value) -> values.put(key.toString(), value));
    return new Parameters(term, values);
  }

  /** Refuses keys but the weight and those that a term has. */
  void require(List<String> known) {
    List<String> all = new ArrayList<>(List.of(WEIGHT));
    all.addAll(known);
    values.keySet().forEach(key -> KnownNames.require(key, all, "parameter of " + term));
  }

  /** As recipes write it: a number where there is nothing but the weight. */
  Object written() {
    return values.keySet().equals(Set.of(WEIGHT)) ? weight() : values;
  }

  double weight() {
    double weight = number(WEIGHT, 1);
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw expected(WEIGHT, "0 or more");
    }
    return weight;
  }

  double positive(String key, double otherwise) {
    double value = number(key, otherwise);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw expected(key, "a number above 0");
    }
    return value;
  }

  /** From 0 to below 1. */
  double share(String key, double otherwise) {
    double value = number(key, otherwise);
    if (!(value >= 0 && value < 1)) {
      throw expected(key, "0 or more and less than 1");
    }
    return value;
  }

  /** From 1 on. */
  int count(String key, int otherwise) {
    int value = findWhole(key).orElse(otherwise);
    if (value < 1) {
      throw expected(key, "1 or more");
    }
    return value;
  }

  Optional<Integer> findWhole(String key) {
    if (!values.containsKey(key)) {
      return Optional.empty();
    }
    double value = number(key, 0);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw expected(key, "a whole number");
    }
    return Optional.of((int) value);
  }

  boolean flag(String key) {
    Object value = values.getOrDefault(key, false);
    if (!(value instanceof Boolean flag)) {
      throw expected(key, "true or false");
    }
    return flag;
  }

  private double number(String key, double otherwise) {
    Object value = values.getOrDefault(key, otherwise);
    if (!(value instanceof Number number)) {
      throw expected(key, "a number");
    }
    return number.doubleValue();
  }

  private RejectedException expected(String key, String what) {
    return bad(
        "expected %s under '%s' of %s, got '%s'".formatted(what, key, term, values.get(key)));
  }

  static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
