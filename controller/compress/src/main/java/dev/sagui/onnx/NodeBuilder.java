/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;

/** A node in the making; see {@link Graph#add}. */
public final class NodeBuilder {
  private final NodeProto.Builder node;

  private NodeBuilder(NodeProto.Builder node) {
    this.node = node;
  }

  /** An operator of ONNX's own domain. */
  public static NodeBuilder of(String operator) {
    return new NodeBuilder(NodeProto.newBuilder().setOpType(operator));
  }

  /** An operator of another domain. */
  public static NodeBuilder of(String domain, String operator) {
    return new NodeBuilder(NodeProto.newBuilder().setDomain(domain).setOpType(operator));
  }

  /** Adds inputs behind those there are; one that is left out is empty. */
  public NodeBuilder inputs(String... names) {
    node.addAllInput(List.of(names));
    return this;
  }

  /** Adds an output, after which the node is named if it has no name yet. */
  public NodeBuilder output(String name) {
    node.addOutput(name);
    if (node.getName().isEmpty()) {
      node.setName(name);
    }
    return this;
  }

  /** Adds an output and no name: names are a share of a small model's file. */
  public NodeBuilder nameless(String name) {
    node.addOutput(name);
    return this;
  }

  public NodeBuilder with(String attribute, long value) {
    return with(attribute(attribute, AttributeProto.AttributeType.INT).setI(value));
  }

  public NodeBuilder with(String attribute, float value) {
    return with(attribute(attribute, AttributeProto.AttributeType.FLOAT).setF(value));
  }

  public NodeBuilder with(String attribute, String value) {
    return with(
        attribute(attribute, AttributeProto.AttributeType.STRING)
            .setS(ByteString.copyFromUtf8(value)));
  }

  public NodeBuilder with(String attribute, long... values) {
    return with(
        attribute(attribute, AttributeProto.AttributeType.INTS)
            .addAllInts(Arrays.stream(values).boxed().toList()));
  }

  /** An attribute as another node has it. */
  public NodeBuilder with(AttributeProto attribute) {
    node.addAttribute(attribute);
    return this;
  }

  private NodeBuilder with(AttributeProto.Builder attribute) {
    node.addAttribute(attribute);
    return this;
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  public NodeProto build() {
    return node.build();
  }
}
