/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/** A node under way, and the nodes that it needs around it. */
final class OpsetRewrite {
  final NodeProto.Builder node;
  private final Function<TensorProto, String> constants;
  private final ToIntFunction<String> ranks;
  private long flattenedAt = Long.MIN_VALUE;

  /**
   * @param ranks of values by name
   * @param constants adds a tensor to the graph under a name like its own, and gives the name
   */
  OpsetRewrite(
      NodeProto node, Function<TensorProto, String> constants, ToIntFunction<String> ranks) {
    this.ranks = ranks;
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
    return List.of(
        simple("Shape", shape, input).build(),
        flatten.build(),
        node.setInput(0, flat).setOutput(0, made).build(),
        simple("Reshape", output, made, shape).build());
  }

  private static NodeProto.Builder simple(String op, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .setName(output + "_" + op);
  }

  /** Whether an axis is the input's last; false when the input's rank is not known. */
  boolean isLast(long axis) {
    int rank = ranks.applyAsInt(node.getInput(0));
    return axis == -1 || (rank > 0 && axis == rank - 1);
  }

  void flattened(long axis) {
    flattenedAt = axis;
  }

  void rename(String operator) {
    node.setOpType(operator);
  }

  /** Removes an attribute, if it is there. */
  Optional<AttributeProto> take(String name) {
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.getName().equals(name)) {
        node.removeAttribute(i);
        return Optional.of(attribute);
      }
    }
    return Optional.empty();
  }

  /** Removes an attribute that may have one value only. */
  void drop(String name, long allowed) {
    if (take(name).map(AttributeProto::getI).orElse(allowed) != allowed) {
      throw OpsetRules.impossible("its attribute '%s' went away".formatted(name));
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
