/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.OnnxModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of a model what only people read: names of nodes, documentation, shapes of inner values
 * (which a runtime infers). Inner values get names as short as may be; inputs and outputs keep
 * theirs, and so do the metadata of the model and its local functions.
 */
public final class Stripping {
  private final Set<String> kept = new HashSet<>();
  private final Map<String, String> names = new HashMap<>();
  private int count;

  private Stripping(GraphProto graph) {
    kept.add(""); // an input that is left out
    graph.getInputList().forEach(value -> kept.add(value.getName()));
    graph.getOutputList().forEach(value -> kept.add(value.getName()));
  }

  /** A model that computes the same in fewer bytes. */
  public static OnnxModel apply(OnnxModel model) {
    ModelProto proto = model.proto();
    GraphProto graph = new Stripping(proto.getGraph()).graph(proto.getGraph());
    return model.with(proto.toBuilder().clearDocString().setGraph(graph).build());
  }

  private GraphProto graph(GraphProto graph) {
    GraphProto.Builder builder =
        graph.toBuilder().clearDocString().clearValueInfo().clearQuantizationAnnotation();
    builder.getInputBuilderList().forEach(this::value);
    builder.getOutputBuilderList().forEach(this::value);
    builder.getInitializerBuilderList().forEach(this::tensor);
    builder.getSparseInitializerBuilderList().forEach(s -> tensor(s.getValuesBuilder()));
    builder.getNodeBuilderList().forEach(this::node);
    return builder.build();
  }

  private void value(ValueInfoProto.Builder value) {
    value.clearDocString().setName(name(value.getName()));
  }

  private void tensor(TensorProto.Builder tensor) {
    tensor.clearDocString().setName(name(tensor.getName()));
  }

  private void node(NodeProto.Builder node) {
    node.clearName().clearDocString();
    for (int i = 0; i < node.getInputCount(); i++) {
      node.setInput(i, name(node.getInput(i)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      node.setOutput(i, name(node.getOutput(i)));
    }
    node.getAttributeBuilderList().forEach(this::attribute);
  }

  private void attribute(AttributeProto.Builder attribute) {
    attribute.clearDocString();
    if (attribute.hasG()) {
      attribute.setG(graph(attribute.getG()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      attribute.setGraphs(i, graph(attribute.getGraphs(i)));
    }
  }

  /** The same for the same name in every scope, so that what hides or captures what stays so. */
  private String name(String name) {
    return kept.contains(name) ? name : names.computeIfAbsent(name, any -> fresh());
  }

  private String fresh() {
    String name;
    do {
      name = Integer.toString(count++, Character.MAX_RADIX);
    } while (kept.contains(name));
    return name;
  }
}
