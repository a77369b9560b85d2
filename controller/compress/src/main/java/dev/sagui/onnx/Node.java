/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A node of a {@link Graph}: the same object while its message changes. */
public final class Node {
  private NodeProto proto;

  Node(NodeProto proto) {
    this.proto = proto;
  }

  public NodeProto proto() {
    return proto;
  }

  void replace(NodeProto edited) {
    proto = edited;
  }

  /** The operator's name. */
  public String op() {
    return proto.getOpType();
  }

  /** Whether it is {@code operator} of ONNX's own domain. */
  public boolean is(String operator) {
    return isStandard() && proto.getOpType().equals(operator);
  }

  /** Whether it is of ONNX's own domain. */
  public boolean isStandard() {
    return isStandard(proto.getDomain());
  }

  /** Whether a domain is ONNX's own, which has two spellings. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** Its inputs; one that is left out has an empty name. */
  public List<String> inputs() {
    return proto.getInputList();
  }

  /** The name of an input; empty when it is left out. */
  public String input(int index) {
    return index < proto.getInputCount() ? proto.getInput(index) : "";
  }

  public boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  public List<String> outputs() {
    return proto.getOutputList();
  }

  /** The values that it takes, itself or in nested graphs, each once. */
  public Set<String> uses() {
    return GraphNames.used(proto);
  }

  /** The name of an output; empty when it is left out. */
  public String output(int index) {
    return index < proto.getOutputCount() ? proto.getOutput(index) : "";
  }

  public Optional<AttributeProto> attribute(String name) {
    return proto.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  public long integer(String name, long otherwise) {
    return attribute(name).map(AttributeProto::getI).orElse(otherwise);
  }

  public float number(String name, float otherwise) {
    return attribute(name).map(AttributeProto::getF).orElse(otherwise);
  }

  public String text(String name, String otherwise) {
    return attribute(name).map(a -> a.getS().toStringUtf8()).orElse(otherwise);
  }

  /** Empty when the attribute is absent. */
  public List<Long> integers(String name) {
    return attribute(name).map(AttributeProto::getIntsList).orElse(List.of());
  }

  /** Whether an attribute is a graph. */
  public boolean hasNestedGraph() {
    return GraphWalk.nested(proto).findAny().isPresent();
  }

  @Override
  public String toString() {
    String at = proto.getName().isEmpty() ? output(0) : proto.getName();
    return "%s '%s'".formatted(proto.getOpType(), at);
  }
}
