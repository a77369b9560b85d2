/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static dev.sagui.onnx.TestModels.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What {@link TrapModels} are made of. */
final class TrapParts {
  private TrapParts() {}

  static NodeProto.Builder conv(String output, String... inputs) {
    return node("Conv", output, inputs).addAttribute(ints("pads", 1, 1, 1, 1));
  }

  static NodeProto.Builder cast(String output, String input, TensorProto.DataType to) {
    return node("Cast", output, input).addAttribute(number("to", to.getNumber()));
  }

  static NodeProto.Builder constant(TensorProto value) {
    return node("Constant", value.getName())
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value));
  }

  static GraphProto.Builder branch(String name, long seed) {
    GraphProto.Builder branch = GraphProto.newBuilder().setName(name);
    branch.addInitializer(weights(name + "w", seed, 64, 64));
    branch.addNode(node("MatMul", name + "y", "x", name + "w"));
    return branch.addOutput(typed(name + "y", 1));
  }

  static AttributeProto body(String name, GraphProto.Builder body) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  /** A value of unknown shape. */
  static ValueInfoProto typed(String name, int type) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    if (type != 1) { // counts and conditions are scalars
      value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    }
    return value.build();
  }

  static void float16(ValueInfoProto.Builder value) {
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(10);
  }

  static Dimension.Builder dimension(GraphProto.Builder graph, int axis) {
    return graph
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(axis);
  }

  static TensorProto longs(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(7);
    if (values.length > 1) {
      tensor.addDims(values.length);
    }
    return tensor.setRawData(ByteString.copyFrom(raw)).build();
  }

  static TensorProto flag(String name) {
    return bytes(name, TensorProto.DataType.BOOL, new byte[] {1});
  }

  static TensorProto bytes(String name, TensorProto.DataType type, byte[] value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .setRawData(ByteString.copyFrom(value))
        .build();
  }

  static TensorProto halves(String name, long seed, long... dims) {
    TensorProto exact = weights(name, seed, dims);
    ByteBuffer in = exact.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(in.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      out.putShort(dev.sagui.onnx.Half.of(in.getFloat()));
    }
    return exact.toBuilder().setDataType(10).setRawData(ByteString.copyFrom(out.flip())).build();
  }
}
