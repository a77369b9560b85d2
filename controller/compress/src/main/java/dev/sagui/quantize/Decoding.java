/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Adds the nodes that turn stored tensors back to float32, all of which ONNX Runtime folds at load.
 * Names are short, nodes have none and like constants are one: in small models they are a share of
 * the file.
 */
final class Decoding {
  private final GraphProto.Builder graph;
  private final OnnxModel model;
  private final Supplier<String> fresh;
  private final Map<ByteString, String> constants = new HashMap<>();

  /**
   * @param fresh gives names that nothing has yet
   */
  Decoding(GraphProto.Builder graph, OnnxModel model, Supplier<String> fresh) {
    this.graph = graph;
    this.model = model;
    this.fresh = fresh;
  }

  /** Adds a small tensor, unless one of the same values is there. */
  String constant(TensorProto tensor) {
    return constants.computeIfAbsent(
        tensor.toByteString(),
        bytes -> {
          String name = fresh.get();
          graph.addInitializer(tensor.toBuilder().setName(name));
          return name;
        });
  }

  /** Adds a tensor whose bytes are made when the model is written. */
  String stored(ElementType type, List<Long> dims, Payload payload) {
    String name = fresh.get();
    TensorProto tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.number()).addAllDims(dims).build();
    graph.addInitializer(model.attach(tensor, payload));
    return name;
  }

  String node(String operator, String... inputs) {
    String output = fresh.get();
    named(output, operator, inputs);
    return output;
  }

  void named(String output, String operator, String... inputs) {
    graph.addNode(
        NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output));
  }

  String cast(String from, ElementType to) {
    String output = fresh.get();
    cast(from, to, output);
    return output;
  }

  void cast(String from, ElementType to, String output) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Cast")
            .addInput(from)
            .addOutput(output)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(to.number())));
  }

  /** Adds a Reshape to fixed dimensions. */
  void shaped(String from, List<Long> dims, String output) {
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    named(output, "Reshape", from, constant(TensorValues.longs(shape)));
  }

  /**
   * Unpacks fields of 1 or 2 bits, the first of a byte in its lowest bits: BitwiseAnd with a mask a
   * field, Div and Reshape.
   *
   * @param dims of the value, whose elements fill whole bytes
   * @param unit what a field of 1 stands for
   * @return float32 of dimensions {@code dims}
   */
  String fields(Payload packed, int bits, double unit, List<Long> dims) {
    int each = Byte.SIZE / bits;
    byte[] masks = new byte[each];
    double[] divisors = new double[each];
    for (int i = 0; i < each; i++) {
      masks[i] = (byte) (((1 << bits) - 1) << (i * bits));
      divisors[i] = (1 << (i * bits)) / unit;
    }
    TensorProto mask =
        TensorValues.raw(ElementType.UINT8, List.of((long) each), ByteString.copyFrom(masks));
    String bytes = stored(ElementType.UINT8, List.of(packed.bytes(), 1L), packed);
    String alone = node("BitwiseAnd", bytes, constant(mask));
    String divisor = constant(TensorValues.floats(List.of((long) each), divisors));
    String values = node("Div", cast(alone, ElementType.FLOAT), divisor);
    String output = fresh.get();
    shaped(values, dims, output);
    return output;
  }
}
