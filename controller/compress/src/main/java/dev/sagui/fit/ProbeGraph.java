/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.cost.Work;
import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A graph of a few hundred bytes whose time tells one speed of a machine. Its weights are made when
 * it is loaded, and all zero: the time of dense kernels does not depend on values.
 *
 * @param input to run it on, {@code x}
 * @param output what it then gives, {@code y}
 * @param work of one run
 */
public record ProbeGraph(OnnxModel model, Tensor input, Tensor output, Work.Operator work) {
  private static final int CHANNELS = 64;
  private static final int SIDE = 28;
  private static final int KERNEL = 3;
  private static final int OPSET = 17;
  private static final int IR = 8;

  /** Of a square matrix that no cache holds, where memory has room for it twice. */
  private static final int WIDE = 4096;

  /** Of one that is eight times the largest cache of a small board. */
  private static final int NARROW = 2048;

  private static final long ROOMY_BYTES = 2L << 30;

  /** A convolution in float32: {@code [1, 64, 28, 28]}, 64 kernels of 3 × 3. */
  public static ProbeGraph floats() {
    NodeProto conv =
        NodeBuilder.of("Conv").inputs("x", "w").output("y").with("pads", 1, 1, 1, 1).build();
    return convolution("Conv fp32", DataType.FP32, DataType.FP32, conv, List.of());
  }

  /** The same convolution in the device's int8 format. */
  public static ProbeGraph integers(DeviceProfile device) {
    DataType type = Int8Format.of(device).signed() ? DataType.INT8 : DataType.UINT8;
    NodeProto conv =
        NodeBuilder.of("QLinearConv")
            .inputs("x", "scale", "zero", "w", "scale", "wzero", "scale", "zero")
            .output("y")
            .with("pads", 1, 1, 1, 1)
            .build();
    TensorProto scale =
        TensorProto.newBuilder()
            .setName("scale")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addFloatData(1)
            .build();
    List<TensorProto> constants = List.of(scale, zero("zero", type), zero("wzero", DataType.INT8));
    return convolution("Conv int8", type, DataType.INT8, conv, constants);
  }

  private static ProbeGraph convolution(
      String kind, DataType type, DataType weights, NodeProto conv, List<TensorProto> constants) {
    long weight = (long) CHANNELS * CHANNELS * KERNEL * KERNEL;
    double bytes = type.bytes() * 2.0 * CHANNELS * SIDE * SIDE + weights.bytes() * weight;
    return of(
        new Work.Operator(kind, 2.0 * weight * SIDE * SIDE, bytes, 0),
        graph(conv, constants)
            .addInitializer(dims(CHANNELS, CHANNELS, KERNEL, KERNEL))
            .addNode(0, made(weights)),
        type,
        1,
        CHANNELS,
        SIDE,
        SIDE);
  }

  /** A product of a vector with a float32 matrix of 64 MB, of 16 MB on a board of less memory. */
  public static ProbeGraph product(DeviceProfile device) {
    int side = device.ramBytes() >= ROOMY_BYTES ? WIDE : NARROW;
    double weights = (double) side * side;
    NodeProto product = NodeBuilder.of("MatMul").inputs("x", "w").output("y").build();
    return of(
        new Work.Operator("MatMul fp32", 2 * weights, Float.BYTES * weights, 0),
        graph(product, List.of()).addInitializer(dims(side, side)).addNode(0, made(DataType.FP32)),
        DataType.FP32,
        1,
        side);
  }

  /** One operator on one number: what a run takes however little it computes. */
  public static ProbeGraph call() {
    NodeProto relu = NodeBuilder.of("Relu").inputs("x").output("y").build();
    return of(
        new Work.Operator("Relu", 0, 2 * Float.BYTES, 0),
        graph(relu, List.of()),
        DataType.FP32,
        1,
        1);
  }

  /** Its input and output as a safetensors file, for a device to repeat. */
  public byte[] golden() {
    return Safetensors.write(List.of(input.named("in:x"), output.named("out:y")));
  }

  private static ProbeGraph of(
      Work.Operator work, GraphProto.Builder graph, DataType type, long... shape) {
    ModelProto proto =
        ModelProto.newBuilder()
            .setIrVersion(IR)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph.addInput(value("x", type, shape)).addOutput(value("y", type, shape)))
            .build();
    return new ProbeGraph(
        OnnxModel.made("probe", proto), zeros("x", type, shape), zeros("y", type, shape), work);
  }

  private static GraphProto.Builder graph(NodeProto node, List<TensorProto> constants) {
    return GraphProto.newBuilder().setName("probe").addNode(node).addAllInitializer(constants);
  }

  /** The weights {@code w}; folded into a constant when the graph is loaded. */
  private static NodeProto made(DataType type) {
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(zero("", type).toBuilder().addDims(1))
            .build();
    return NodeBuilder.of("ConstantOfShape").inputs("dims").output("w").with(value).build();
  }

  private static TensorProto dims(Integer... dims) {
    return TensorProto.newBuilder()
        .setName("dims")
        .setDataType(TensorProto.DataType.INT64.getNumber())
        .addDims(dims.length)
        .addAllInt64Data(Arrays.stream(dims).map(Integer::longValue).toList())
        .build();
  }

  private static TensorProto zero(String name, DataType type) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(onnx(type))
        .setRawData(ByteString.copyFrom(new byte[type.bytes()]))
        .build();
  }

  private static int onnx(DataType type) {
    String name = type == DataType.FP32 ? "FLOAT" : type.name();
    return TensorProto.DataType.valueOf(name).getNumber();
  }

  private static Tensor zeros(String name, DataType type, long... shape) {
    long bytes = type.bytes() * Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer data = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    return new Tensor(name, type, Arrays.stream(shape).boxed().toList(), data);
  }

  private static ValueInfoProto value(String name, DataType type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(onnx(type)).setShape(shape)))
        .build();
  }
}
