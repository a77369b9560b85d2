/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What changed in ONNX's operators from version 7 to 21 beyond the types that they take (source:
 * ONNX, docs/Changelog.md). An operator without a rule at a version kept its meaning there.
 */
final class OpsetRules {
  private record Change(String operator, int version) {}

  private static final Map<Change, Consumer<OpsetRewrite>> RULES = new HashMap<>();

  private static final Set<String> REDUCTIONS =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSumSquare");

  static {
    // spotless:off
    rule("Upsample", 9,            r -> r.floatsToInput("scales", 1));
    rule("Upsample", 10,           r -> r.rename("Resize"));
    rule("Resize", 11,             OpsetRules::resize);
    rule("BatchNormalization", 9,  r -> r.drop("spatial", 1));
    rule("BatchNormalization", 14, OpsetRules::inferenceOnly);
    rule("Slice", 10,              OpsetRules::slice);
    rule("TopK", 10,               r -> r.integerToVector("k", 1));
    rule("Scan", 9,                r -> { throw impossible("its batch dimension went away in opset 9"); });
    rule("Clip", 11,               r -> { r.floatToInput("min", 1); r.floatToInput("max", 2); });
    rule("Pad", 11,                r -> { r.integersToInput("pads", 1); r.floatToInput("value", 2); });
    rule("Scatter", 11,            r -> r.rename("ScatterElements"));
    rule("Dropout", 12,            r -> r.floatToInput("ratio", 1));
    rule("Softmax", 13,            OpsetRules::coerced);
    rule("LogSoftmax", 13,         OpsetRules::coerced);
    rule("Hardmax", 13,            OpsetRules::coerced);
    rule("ReduceSum", 13,          r -> r.integersToInput("axes", 1));
    rule("Split", 13,              r -> r.integersToInput("split", 1));
    rule("Squeeze", 13,            r -> r.integersToInput("axes", 1));
    rule("Unsqueeze", 13,          r -> r.integersToInput("axes", 1));
    rule("RoiAlign", 16,           r -> r.text("coordinate_transformation_mode", "output_half_pixel"));
    rule("Split", 18,              OpsetRules::split);
    rule("DFT", 20,                r -> r.integerToScalar("axis", 2, 1));
    rule("GridSample", 20,         OpsetRules::gridSample);
    rule("GroupNormalization", 21, r -> { throw impossible("its scale and bias became one per channel in opset 21"); });
    // spotless:on
    REDUCTIONS.forEach(name -> rule(name, 18, r -> r.integersToInput("axes", 1)));
  }

  private OpsetRules() {}

  private static void rule(String operator, int version, Consumer<OpsetRewrite> rewrite) {
    RULES.put(new Change(operator, version), rewrite);
  }

  static UnsupportedOperationException impossible(String why) {
    return new UnsupportedOperationException(why);
  }

  static boolean isKnown(String operator) {
    return StandardOperators.NAMES.contains(operator);
  }

  /**
   * Rewrites a node from the version before to {@code version}.
   *
   * @throws UnsupportedOperationException when that cannot be done, with the reason
   */
  static void apply(int version, OpsetRewrite rewrite) {
    Consumer<OpsetRewrite> rule = RULES.get(new Change(rewrite.node.getOpType(), version));
    if (rule == null) {
      return;
    }
    if (rewrite.node.getInputCount() == 0 || rewrite.node.getOutputCount() == 0) {
      throw impossible("it has no input or no output");
    }
    rule.accept(rewrite);
  }

  /** Version 10 knew one rule: floor(x / scale). */
  private static void resize(OpsetRewrite r) {
    if (r.node.getInputCount() < 2) {
      throw impossible("it has no scales");
    }
    String scales = r.node.getInput(1);
    r.node.setInput(1, "").addInput(scales);
    r.text("coordinate_transformation_mode", "asymmetric");
    r.text("nearest_mode", "floor");
  }

  /** Mean and variance of a batch were outputs whenever they had a name. */
  private static void inferenceOnly(OpsetRewrite r) {
    if (r.node.getOutputCount() > 1) {
      throw impossible("it is in training mode");
    }
  }

  private static void slice(OpsetRewrite r) {
    r.integersToInput("starts", 1);
    r.integersToInput("ends", 2);
    r.integersToInput("axes", 3);
  }

  private static void split(OpsetRewrite r) {
    if (r.node.getInputCount() < 2 || r.node.getInput(1).isEmpty()) {
      r.integer("num_outputs", r.node.getOutputCount());
    }
  }

  private static void gridSample(OpsetRewrite r) {
    String mode = r.take("mode").map(a -> a.getS().toStringUtf8()).orElse("bilinear");
    r.text("mode", mode.equals("bilinear") ? "linear" : mode.equals("bicubic") ? "cubic" : mode);
  }

  /**
   * Up to version 12 all dimensions from the axis on were one: the input is flattened to two and
   * the result given the input's shape again. For the last axis both mean the same.
   */
  private static void coerced(OpsetRewrite r) {
    long axis = r.take("axis").map(AttributeProto::getI).orElse(1L);
    r.integer("axis", -1);
    if (!r.isLast(axis)) {
      r.flattened(axis);
    }
  }
}
