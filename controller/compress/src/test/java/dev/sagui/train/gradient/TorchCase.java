/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.json.Fields;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that give y of x0, x1 …, and what PyTorch says of Σ y·r; deploy/bench/gradient_peer.py
 * wrote them.
 *
 * @param penalty whether the loss is more by Σ g², where g is the gradient of x0
 * @param constants that the nodes name, c0, c1 …
 * @param r one number for each of y
 * @param gradients dx0, dx1 …
 */
record TorchCase(
    String name,
    long opset,
    boolean penalty,
    List<NodeProto> nodes,
    List<Tensor> inputs,
    List<Tensor> constants,
    Tensor r,
    List<Tensor> gradients) {

  static List<TorchCase> all() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Safetensors.parse(resource("gradients.safetensors")).forEach(t -> tensors.put(t.name(), t));
    return Fields.parse(resource("gradients.json")).objects("cases", entry -> of(entry, tensors));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TorchCase.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static TorchCase of(Fields entry, Map<String, Tensor> tensors) {
    String name = entry.string("name");
    return new TorchCase(
        name,
        entry.integer("opset"),
        entry.flag("penalty"),
        entry.objects("nodes", TorchCase::node),
        numbered(name, "x", tensors),
        numbered(name, "c", tensors),
        tensors.get(name + "/r").named("r"),
        numbered(name, "dx", tensors));
  }

  private static List<Tensor> numbered(String name, String kind, Map<String, Tensor> tensors) {
    List<Tensor> all = new ArrayList<>();
    while (tensors.containsKey(name + "/" + kind + all.size())) {
      String own = kind + all.size();
      all.add(tensors.get(name + "/" + own).named(own));
    }
    return all;
  }

  private static NodeProto node(Fields entry) {
    NodeBuilder node = NodeBuilder.of(entry.string("domain"), entry.string("op"));
    node.inputs(entry.strings("inputs").toArray(String[]::new));
    entry.strings("outputs").forEach(node::nameless);
    Fields attributes = entry.object("attributes");
    for (String key : attributes.keys()) {
      Object value = attributes.values().get(key);
      if (value instanceof List<?>) {
        node.with(key, attributes.integers(key));
      } else if (value instanceof Long number) {
        node.with(key, number);
      } else if (value instanceof Double number) {
        node.with(key, number.floatValue());
      } else {
        node.with(key, value.toString());
      }
    }
    return node.build();
  }

  /** The graph, its real numbers in float32 or in float64. */
  ModelProto model(DataType real) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addAllNode(nodes);
    inputs.forEach(input -> graph.addInput(value(input.name(), input.shape(), real)));
    constants.forEach(constant -> graph.addInitializer(initializer(in(real, constant))));
    graph.addOutput(value("y", r.shape(), real));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build();
  }

  private static ValueInfoProto value(String name, List<Long> shape, DataType type) {
    ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name);
    var tensor = info.getTypeBuilder().getTensorTypeBuilder();
    tensor.setElemType(ElementType.of(type).number()).getShapeBuilder();
    shape.forEach(d -> tensor.getShapeBuilder().addDimBuilder().setDimValue(d));
    return info.build();
  }

  private static TensorProto initializer(Tensor tensor) {
    return TensorValues.raw(
            ElementType.of(tensor.type()), tensor.shape(), ByteString.copyFrom(tensor.data()))
        .toBuilder()
        .setName(tensor.name())
        .build();
  }

  /** A float32 tensor in another type of real numbers; others as they are. */
  static Tensor in(DataType real, Tensor tensor) {
    if (real != DataType.FP64 || tensor.type() != DataType.FP32) {
      return tensor;
    }
    float[] values = tensor.floats();
    ByteBuffer wide = ByteBuffer.allocateDirect(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      wide.putDouble(value);
    }
    return new Tensor(tensor.name(), DataType.FP64, tensor.shape(), wide.flip());
  }

  boolean has(String operator) {
    return nodes.stream().anyMatch(node -> node.getOpType().equals(operator));
  }

  @Override
  public String toString() {
    return name;
  }
}
