/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures this machine's speeds with three small graphs: a convolution in float32 and in int8, and
 * a product of a vector with a matrix that no cache holds.
 */
public final class SpeedProbe {
  private static final int CHANNELS = 64;
  private static final int SIDE = 28;
  private static final int KERNEL = 3;
  private static final int VECTOR = 4096;
  private static final int OPSET = 17;
  private static final int IR = 8;

  private static final double SECONDS = 0.5;

  private final int threads;
  private final boolean signed;

  private SpeedProbe(int threads, boolean signed) {
    this.threads = threads;
    this.signed = signed;
  }

  /** This machine's profile with its speeds, of as many threads as a model gets. */
  public static DeviceProfile profile() throws IOException {
    DeviceProfile host = HostMachine.profile();
    return host.with(measure(host.threads()));
  }

  /**
   * This machine's speeds.
   *
   * @param threads of ONNX Runtime
   */
  public static Speeds measure(int threads) throws IOException {
    return new SpeedProbe(threads, Int8Format.of(HostMachine.profile()).signed()).speeds();
  }

  private Speeds speeds() throws IOException {
    double operations = 2.0 * CHANNELS * CHANNELS * KERNEL * KERNEL * SIDE * SIDE;
    return new Speeds(
        operations / nanos(floats(), DataType.FP32, CHANNELS, SIDE, SIDE),
        operations
            / nanos(integers(), signed ? DataType.INT8 : DataType.UINT8, CHANNELS, SIDE, SIDE),
        (double) Float.BYTES * VECTOR * VECTOR / nanos(product(), DataType.FP32, VECTOR));
  }

  private double nanos(OnnxModel model, DataType type, long... shape) throws IOException {
    List<Long> dims = new ArrayList<>(List.of(1L));
    for (long dim : shape) {
      dims.add(dim);
    }
    long elements = dims.stream().reduce(1L, (a, b) -> a * b);
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    try (OrtModel session = OrtModel.open(model, threads, false)) {
      Tensor input = new Tensor("x", type, dims, data);
      return 1e6 * LatencyRace.run(List.of(session), List.of(input), SECONDS).get(0).p10Millis();
    }
  }

  private static OnnxModel floats() {
    NodeProto conv =
        NodeBuilder.of("Conv").inputs("x", "w").output("y").with("pads", 1, 1, 1, 1).build();
    return model(
        conv,
        value("x", TensorProto.DataType.FLOAT, 1, CHANNELS, SIDE, SIDE),
        value("y", TensorProto.DataType.FLOAT, 1, CHANNELS, SIDE, SIDE),
        List.of(filled("w", TensorProto.DataType.FLOAT, CHANNELS, CHANNELS, KERNEL, KERNEL)));
  }

  private OnnxModel integers() {
    TensorProto.DataType type = signed ? TensorProto.DataType.INT8 : TensorProto.DataType.UINT8;
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
    return model(
        conv,
        value("x", type, 1, CHANNELS, SIDE, SIDE),
        value("y", type, 1, CHANNELS, SIDE, SIDE),
        List.of(
            scale,
            filled("zero", type),
            filled("wzero", TensorProto.DataType.INT8),
            filled("w", TensorProto.DataType.INT8, CHANNELS, CHANNELS, KERNEL, KERNEL)));
  }

  private static OnnxModel product() {
    return model(
        NodeBuilder.of("MatMul").inputs("x", "w").output("y").build(),
        value("x", TensorProto.DataType.FLOAT, 1, VECTOR),
        value("y", TensorProto.DataType.FLOAT, 1, VECTOR),
        List.of(filled("w", TensorProto.DataType.FLOAT, VECTOR, VECTOR)));
  }

  private static OnnxModel model(
      NodeProto node, ValueInfoProto in, ValueInfoProto out, List<TensorProto> constants) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("probe")
            .addNode(node)
            .addInput(in)
            .addOutput(out)
            .addAllInitializer(constants)
            .build();
    return OnnxModel.made(
        "probe",
        ModelProto.newBuilder()
            .setIrVersion(IR)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph)
            .build());
  }

  /** All zero: the time of dense kernels does not depend on values. */
  private static TensorProto filled(String name, TensorProto.DataType type, long... dims) {
    long bytes = type == TensorProto.DataType.FLOAT ? Float.BYTES : 1;
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    for (long dim : dims) {
      tensor.addDims(dim);
      bytes *= dim;
    }
    return tensor.setRawData(ByteString.copyFrom(new byte[Math.toIntExact(bytes)])).build();
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
