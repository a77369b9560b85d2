/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import java.util.List;
import java.util.function.Supplier;

/**
 * One bit more for each int4 level: eight elements a byte, the first in the lowest bit. BitwiseAnd
 * with a mask a bit, Div by twice the mask and Reshape give 0 or a half for each element, which Add
 * puts on the levels; ONNX Runtime folds all of it at load.
 */
final class FifthBit {
  static final int PER_BYTE = Byte.SIZE;

  private final GraphProto.Builder graph;
  private final Supplier<String> fresh;

  FifthBit(GraphProto.Builder graph, Supplier<String> fresh) {
    this.graph = graph;
    this.fresh = fresh;
  }

  /**
   * @param levels value of the levels as float32, of dimensions {@code dims}
   * @return value of the levels with their halves
   */
  String added(OnnxModel model, Payload bits, List<Long> dims, String levels) {
    TensorProto packed = model.attach(tensor(ElementType.UINT8, bits.bytes(), 1).build(), bits);
    byte[] masks = new byte[PER_BYTE];
    double[] twice = new double[PER_BYTE];
    for (int bit = 0; bit < PER_BYTE; bit++) {
      masks[bit] = (byte) (1 << bit);
      twice[bit] = 2 << bit;
    }
    TensorProto mask =
        tensor(ElementType.UINT8, PER_BYTE).setRawData(ByteString.copyFrom(masks)).build();
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    String alone = node("BitwiseAnd", constant(packed), constant(mask));
    String divisor = constant(TensorValues.floats(List.of((long) PER_BYTE), twice));
    String halves = node("Div", cast(alone), divisor);
    String shaped = node("Reshape", halves, constant(TensorValues.longs(shape)));
    return node("Add", levels, shaped);
  }

  private static TensorProto.Builder tensor(ElementType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.number());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private String constant(TensorProto tensor) {
    String name = fresh.get();
    graph.addInitializer(tensor.toBuilder().setName(name));
    return name;
  }

  private String node(String operator, String... inputs) {
    String output = fresh.get();
    graph.addNode(
        NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output));
    return output;
  }

  private String cast(String from) {
    String to = fresh.get();
    graph.addNode(PackedWeight.cast(from, to));
    return to;
  }
}
