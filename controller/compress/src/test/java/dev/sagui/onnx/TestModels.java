/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Small models made in code. */
public final class TestModels {
  private TestModels() {}

  /** y = x · w + b, with w [in, out] from a seed. */
  public static ModelProto linear(int in, int out, long seed) {
    return model(
        graph(List.of("x"), List.of(new long[] {-1, in}))
            .addInitializer(weights("w", seed, in, out))
            .addInitializer(weights("b", seed + 1, out))
            .addNode(node("Gemm", "y", "x", "w", "b")));
  }

  public static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("test")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  /** A graph with float inputs; its output is y, of unknown shape. */
  public static GraphProto.Builder graph(List<String> inputs, List<long[]> shapes) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    for (int i = 0; i < inputs.size(); i++) {
      graph.addInput(value(inputs.get(i), shapes.get(i)));
    }
    TypeProto type =
        TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)).build();
    return graph.addOutput(ValueInfoProto.newBuilder().setName("y").setType(type));
  }

  public static ValueInfoProto value(String name, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (long dim : shape) {
      dims.addDim(
          dim < 0
              ? TensorShapeProto.Dimension.newBuilder().setDimParam("batch")
              : TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(dims)))
        .build();
  }

  public static NodeProto.Builder node(String op, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(op + "_" + output)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }

  public static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder builder =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(builder::addInts);
    return builder.build();
  }

  public static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** Normal values whose spread differs from channel to channel. */
  public static TensorProto weights(String name, long seed, long... dims) {
    Random random = new Random(seed);
    int count = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * 0.1 * (1 + i % 7));
    }
    return floats(name, values, dims);
  }

  public static TensorProto floats(String name, float[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(dims).forEach(tensor::addDims);
    return tensor.build();
  }

  /** A tensor whose data are said to be in another file. */
  public static TensorProto external(String name, String location, long length, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", location))
            .addExternalData(entry("offset", "0"))
            .addExternalData(entry("length", Long.toString(length)));
    Arrays.stream(dims).forEach(tensor::addDims);
    return tensor.build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  public static Path write(ModelProto model, Path file) throws IOException {
    return Files.write(file, model.toByteArray());
  }
}
