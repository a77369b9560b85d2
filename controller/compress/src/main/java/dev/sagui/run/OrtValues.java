/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The runtime's values as tensors. What has no type of its own in {@link DataType} is widened:
 * bfloat16 to FP32, uint16 to INT32, uint32 and uint64 to INT64 (the latter with the same bits).
 */
final class OrtValues {
  private OrtValues() {}

  /** Why an output is left out although it is a tensor: its elements have no numbers of ours. */
  static Optional<String> whyLeftOut(NodeInfo output) {
    if (!(output.getInfo() instanceof TensorInfo info) || type(info.onnxType).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        info.onnxType == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING
            ? "'%s' holds strings, which are not numbers".formatted(output.getName())
            : "'%s' has elements of type %s, which are not read"
                .formatted(output.getName(), label(info)));
  }

  /** Why an output cannot be taken at all: it is no tensor. */
  static Optional<String> whyRefused(NodeInfo output) {
    return output.getInfo() instanceof TensorInfo
        ? Optional.empty()
        : Optional.of(
            "'%s' is a %s, expected a tensor"
                .formatted(
                    output.getName(),
                    output
                        .getInfo()
                        .getClass()
                        .getSimpleName()
                        .replace("Info", "")
                        .toLowerCase(java.util.Locale.ROOT)));
  }

  private static String label(TensorInfo info) {
    return info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "");
  }

  /** A copy of the value. */
  static Tensor tensor(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw refused("output '%s' is a %s, expected a tensor".formatted(name, value.getType()));
    }
    TensorInfo info = tensor.getInfo();
    DataType type =
        type(info.onnxType)
            .orElseThrow(
                () -> refused("output '%s' has elements of type %s".formatted(name, label(info))));
    List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
    ByteBuffer data = info.getNumElements() == 0 ? ByteBuffer.allocate(0) : tensor.getByteBuffer();
    return new Tensor(name, type, shape, widened(info.onnxType, data));
  }

  private static Optional<DataType> type(OnnxTensorType type) {
    return Optional.ofNullable(
        switch (type) {
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 ->
              DataType.FP32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 ->
              DataType.INT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,
              ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32,
              ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 ->
              DataType.INT64;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
          default -> null;
        });
  }

  private static ByteBuffer widened(OnnxTensorType type, ByteBuffer raw) {
    ByteBuffer from = raw.order(ByteOrder.nativeOrder());
    boolean doubled =
        type == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16
            || type == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16
            || type == OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32;
    if (!doubled) {
      return from;
    }
    ByteBuffer to = ByteBuffer.allocate(2 * from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      switch (type) {
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> to.putInt(from.getShort() << 16);
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> to.putInt(from.getShort() & 0xFFFF);
        default -> to.putLong(from.getInt() & 0xFFFFFFFFL);
      }
    }
    return to.flip();
  }

  static RejectedException refused(String sentence) {
    return new RejectedException(FailureCode.UNSUPPORTED_MODEL, sentence);
  }

  static OnnxJavaType javaType(DataType type) {
    return switch (type) {
      case FP32 -> OnnxJavaType.FLOAT;
      case FP64 -> OnnxJavaType.DOUBLE;
      case FP16 -> OnnxJavaType.FLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
    };
  }

  /** A tensor of the runtime with the same data; copied where it is not direct. */
  static OnnxTensor toOrt(OrtEnvironment environment, Tensor tensor) throws OrtException {
    return OnnxTensor.createTensor(
        environment, direct(tensor.data()), tensor.shapeArray(), javaType(tensor.type()));
  }

  private static ByteBuffer direct(ByteBuffer data) {
    if (data.isDirect() && data.hasRemaining()) {
      return data.order(ByteOrder.nativeOrder());
    }
    return ByteBuffer.allocateDirect(Math.max(1, data.remaining()))
        .order(ByteOrder.nativeOrder())
        .put(data)
        .flip();
  }
}
