/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An input that every step feeds.
 *
 * @param shape fixed, the batch first
 */
public record Feed(String name, DataType type, List<Long> shape) {
  public Feed {
    shape = List.copyOf(shape);
  }

  ValueInfoProto info() {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.forEach(d -> dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d)));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(elementType().number())
                        .setShape(dims)))
        .build();
  }

  private ElementType elementType() {
    return switch (type) {
      case FP32 -> ElementType.FLOAT;
      case FP64 -> ElementType.DOUBLE;
      case FP16 -> ElementType.FLOAT16;
      case INT8 -> ElementType.INT8;
      case INT16 -> ElementType.INT16;
      case INT32 -> ElementType.INT32;
      case INT64 -> ElementType.INT64;
      case UINT8 -> ElementType.UINT8;
      case BOOL -> ElementType.BOOL;
    };
  }

  /** Memory for it, of zeros. */
  public Tensor allocate() {
    long bytes = shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
    return new Tensor(
        name,
        type,
        shape,
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder()));
  }
}
