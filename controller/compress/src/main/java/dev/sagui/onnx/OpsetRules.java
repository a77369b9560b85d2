/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What changed in ONNX's operators from version 7 to 21 beyond the types that they take (source:
 * ONNX, docs/Changelog.md). An operator without a rule at a version kept its meaning there.
 */
final class OpsetRules {
  private record Change(String operator, int version) {}

  private static final Map<Change, Consumer<Rewrite>> RULES = new HashMap<>();

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
    rule("Scan", 9,                r -> refuse("its batch dimension went away in opset 9"));
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
    rule("GroupNormalization", 21, r -> refuse("its scale and bias became one per channel in opset 21"));
    // spotless:on
    REDUCTIONS.forEach(name -> rule(name, 18, r -> r.integersToInput("axes", 1)));
  }

  private OpsetRules() {}

  private static void rule(String operator, int version, Consumer<Rewrite> rewrite) {
    RULES.put(new Change(operator, version), rewrite);
  }

  private static void refuse(String why) {
    throw new UnsupportedOperationException(why);
  }

  static boolean isKnown(String operator) {
    return StandardOperators.NAMES.contains(operator);
  }

  /**
   * Rewrites a node from the version before to {@code version}.
   *
   * @throws UnsupportedOperationException when that cannot be done, with the reason
   */
  static void apply(int version, Rewrite rewrite) {
    RULES.getOrDefault(new Change(rewrite.node.getOpType(), version), r -> {}).accept(rewrite);
  }

  /** Version 10 knew one rule: floor(x / scale). */
  private static void resize(Rewrite r) {
    String scales = r.node.getInput(1);
    r.node.setInput(1, "").addInput(scales);
    r.text("coordinate_transformation_mode", "asymmetric");
    r.text("nearest_mode", "floor");
  }

  /** Mean and variance of a batch were outputs whenever they had a name. */
  private static void inferenceOnly(Rewrite r) {
    if (r.node.getOutputCount() > 1) {
      refuse("it is in training mode");
    }
  }

  private static void slice(Rewrite r) {
    r.integersToInput("starts", 1);
    r.integersToInput("ends", 2);
    r.integersToInput("axes", 3);
  }

  private static void split(Rewrite r) {
    if (r.node.getInputCount() < 2 || r.node.getInput(1).isEmpty()) {
      r.integer("num_outputs", r.node.getOutputCount());
    }
  }

  private static void gridSample(Rewrite r) {
    String mode = r.take("mode").map(a -> a.getS().toStringUtf8()).orElse("bilinear");
    r.text("mode", mode.equals("bilinear") ? "linear" : mode.equals("bicubic") ? "cubic" : mode);
  }

  /**
   * Up to version 12 all dimensions from the axis on were one: the input is flattened to two and
   * the result given the input's shape again. For the last axis both mean the same.
   */
  private static void coerced(Rewrite r) {
    long axis = r.take("axis").map(AttributeProto::getI).orElse(1L);
    if (axis == -1) {
      r.integer("axis", -1);
      return;
    }
    r.integer("axis", -1);
    r.flattened(axis);
  }

  /** A node under way, and the nodes that it needs around it. */
  static final class Rewrite {
    private final NodeProto.Builder node;
    private final Function<TensorProto, String> constants;
    private long flattenedAt = Long.MIN_VALUE;

    /**
     * @param constants adds a tensor to the graph under a name like its own, and gives the name
     */
    Rewrite(NodeProto node, Function<TensorProto, String> constants) {
      this.node = node.toBuilder();
      this.constants = constants;
    }

    /** The node, with what goes before and after it, in order. */
    List<NodeProto> nodes(UnaryOperator<String> fresh) {
      if (flattenedAt == Long.MIN_VALUE) {
        return List.of(node.build());
      }
      String input = node.getInput(0);
      String output = node.getOutput(0);
      String shape = fresh.apply(output + "_shape");
      String flat = fresh.apply(output + "_flat");
      String made = fresh.apply(output + "_2d");
      NodeProto.Builder flatten = simple("Flatten", flat, input);
      flatten.addAttribute(integerAttribute("axis", flattenedAt));
      return new ArrayList<>(
          List.of(
              simple("Shape", shape, input).build(),
              flatten.build(),
              node.setInput(0, flat).setOutput(0, made).build(),
              simple("Reshape", output, made, shape).build()));
    }

    private static NodeProto.Builder simple(String op, String output, String... inputs) {
      return NodeProto.newBuilder()
          .setOpType(op)
          .addAllInput(List.of(inputs))
          .addOutput(output)
          .setName(output + "_" + op);
    }

    void flattened(long axis) {
      flattenedAt = axis;
    }

    void rename(String operator) {
      node.setOpType(operator);
    }

    /** Removes an attribute, if it is there. */
    java.util.Optional<AttributeProto> take(String name) {
      for (int i = 0; i < node.getAttributeCount(); i++) {
        AttributeProto attribute = node.getAttribute(i);
        if (attribute.getName().equals(name)) {
          node.removeAttribute(i);
          return java.util.Optional.of(attribute);
        }
      }
      return java.util.Optional.empty();
    }

    /** Removes an attribute that may have one value only. */
    void drop(String name, long allowed) {
      if (take(name).map(AttributeProto::getI).orElse(allowed) != allowed) {
        refuse("its attribute '%s' went away".formatted(name));
      }
    }

    void integer(String name, long value) {
      take(name);
      node.addAttribute(integerAttribute(name, value));
    }

    void text(String name, String value) {
      take(name);
      node.addAttribute(
          AttributeProto.newBuilder()
              .setName(name)
              .setType(AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(value)));
    }

    private static AttributeProto integerAttribute(String name, long value) {
      return AttributeProto.newBuilder()
          .setName(name)
          .setType(AttributeProto.AttributeType.INT)
          .setI(value)
          .build();
    }

    void integersToInput(String name, int index) {
      take(name)
          .ifPresent(
              a ->
                  input(
                      name,
                      index,
                      TensorValues.longs(
                          a.getIntsList().stream().mapToLong(Long::longValue).toArray())));
    }

    void integerToVector(String name, int index) {
      take(name).ifPresent(a -> input(name, index, TensorValues.longs(a.getI())));
    }

    void integerToScalar(String name, int index, long otherwise) {
      long value = take(name).map(AttributeProto::getI).orElse(otherwise);
      input(name, index, TensorValues.longs(List.of(), value));
    }

    void floatToInput(String name, int index) {
      take(name)
          .ifPresent(
              a -> input(name, index, TensorValues.floats(List.of(), new double[] {a.getF()})));
    }

    void floatsToInput(String name, int index) {
      take(name)
          .ifPresent(
              a ->
                  input(
                      name,
                      index,
                      TensorValues.floats(
                          List.of((long) a.getFloatsCount()),
                          a.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray())));
    }

    private void input(String name, int index, TensorProto tensor) {
      while (node.getInputCount() <= index) {
        node.addInput("");
      }
      String hint = node.getOutput(0) + "_" + name;
      node.setInput(index, constants.apply(tensor.toBuilder().setName(hint).build()));
    }
  }
}
