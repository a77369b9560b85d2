/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Kinds of kernels, such as {@code Conv 1x1 fp32}: operators of a kind share their rates. */
public final class Kernels {
  static final String INT8 = "int8";
  private static final Set<String> PRODUCTS =
      Set.of("conv", "gemm", "matmul", "lstm", "gru", "rnn", "attention", "moe");

  private Kernels() {}

  /** Whether operators of that name multiply with weights, so that their operations tell a time. */
  public static boolean multiplies(String operator) {
    String name = operator.toLowerCase(Locale.ROOT);
    return PRODUCTS.stream().anyMatch(name::contains);
  }

  /**
   * The kind of an operator.
   *
   * @param types element types of its inputs, as the runtime names them
   * @param weight shape of its weight; empty if it has none
   */
  public static String kind(String operator, List<String> types, List<Long> weight) {
    if (!multiplies(operator)) {
      return operator + (isInteger(types) ? " " + INT8 : "");
    }
    String base = base(operator);
    String shape = base.equals("Conv") ? shape(weight) : "";
    return base + shape + " " + format(operator, types);
  }

  private static String base(String operator) {
    if (operator.contains("ConvTranspose")) {
      return "ConvTranspose";
    }
    if (operator.contains("Conv")) {
      return "Conv";
    }
    return operator.contains("MatMul") || operator.contains("Gemm") ? "MatMul" : operator;
  }

  private static String shape(List<Long> weight) {
    if (weight.size() >= 3 && weight.get(1) == 1 && weight.get(0) > 1) {
      return " depthwise";
    }
    boolean point = weight.stream().skip(2).allMatch(side -> side == 1);
    return point ? " 1x1" : "";
  }

  private static String format(String operator, List<String> types) {
    if (operator.contains("NBits")) {
      return "4bit";
    }
    return isInteger(types) || operator.startsWith("DynamicQuantize") ? INT8 : "fp32";
  }

  private static boolean isInteger(List<String> types) {
    return !types.isEmpty() && types.get(0).contains(INT8);
  }
}
