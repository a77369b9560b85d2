/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small tensors as Java numbers, and back. */
public final class TensorValues {
  private TensorValues() {}

  /**
   * The elements as float64.
   *
   * @throws IllegalArgumentException for types that are no plain numbers
   */
  public static double[] doubles(OnnxModel model, TensorProto tensor) throws IOException {
    ByteBuffer bytes =
        model.payload(tensor).toByteString().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ElementType type = ElementType.of(tensor.getDataType());
    double[] values = new double[Math.toIntExact(TensorSize.elements(tensor))];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> bytes.getFloat();
            case DOUBLE -> bytes.getDouble();
            case FLOAT16 -> Half.toFloat(bytes.getShort());
            case INT64 -> bytes.getLong();
            case INT32 -> bytes.getInt();
            case INT16 -> bytes.getShort();
            case INT8, BOOL -> bytes.get();
            case UINT8 -> bytes.get() & 0xff;
            case UINT16 -> bytes.getShort() & 0xffff;
            case UINT32 -> bytes.getInt() & 0xffffffffL;
            default -> throw new IllegalArgumentException(type + " is no plain number");
          };
    }
    return values;
  }

  /** The elements of a float32 tensor. */
  public static float[] floats(OnnxModel model, TensorProto tensor) throws IOException {
    float[] values = new float[Math.toIntExact(TensorSize.elements(tensor))];
    int[] done = {0};
    model
        .payload(tensor)
        .read(
            block -> {
              int count = block.remaining() / Float.BYTES;
              block.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values, done[0], count);
              done[0] += count;
            });
    return values;
  }

  /** The elements of an integer tensor. */
  public static long[] longs(OnnxModel model, TensorProto tensor) throws IOException {
    if (tensor.getDataType() != ElementType.INT64.number()) {
      double[] values = doubles(model, tensor);
      long[] whole = new long[values.length];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = (long) values[i];
      }
      return whole;
    }
    long[] values = new long[Math.toIntExact(TensorSize.elements(tensor))];
    model
        .payload(tensor)
        .toByteString()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(values);
    return values;
  }

  /** A float32 tensor without a name. */
  public static TensorProto floats(List<Long> dims, double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return raw(ElementType.FLOAT, dims, ByteString.copyFrom(bytes.flip()));
  }

  /** An int64 vector without a name. */
  public static TensorProto longs(long... values) {
    return longs(List.of((long) values.length), values);
  }

  /** An int64 tensor without a name. */
  public static TensorProto longs(List<Long> dims, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return raw(ElementType.INT64, dims, ByteString.copyFrom(bytes));
  }

  /** A tensor without a name. */
  public static TensorProto raw(ElementType type, List<Long> dims, ByteString bytes) {
    return TensorProto.newBuilder()
        .setDataType(type.number())
        .addAllDims(dims)
        .setRawData(bytes)
        .build();
  }
}
