/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a tensor whose elements stand in one of the typed fields of onnx.proto, as {@code
 * raw_data} would hold them: {@code float_data} and its kin widen every element to 4 or 8 bytes.
 */
final class TypedFields {
  private TypedFields() {}

  /** Empty for strings, and for tensors without elements. */
  static ByteString bytes(TensorProto tensor) {
    int width = ElementType.of(tensor.getDataType()).bits() / 8;
    int count =
        tensor.getFloatDataCount()
            + tensor.getInt32DataCount()
            + tensor.getInt64DataCount()
            + tensor.getDoubleDataCount()
            + tensor.getUint64DataCount();
    ByteBuffer bytes = ByteBuffer.allocate(count * 8).order(ByteOrder.LITTLE_ENDIAN);
    tensor.getFloatDataList().forEach(bytes::putFloat);
    tensor.getDoubleDataList().forEach(bytes::putDouble);
    tensor.getInt64DataList().forEach(bytes::putLong);
    tensor.getUint64DataList().forEach(value -> putLow(bytes, value, width));
    // 4-bit elements stand two by two, each pair one entry
    tensor.getInt32DataList().forEach(value -> putLow(bytes, value, Math.max(1, width)));
    return ByteString.copyFrom(bytes.flip());
  }

  private static void putLow(ByteBuffer bytes, long value, int width) {
    for (int i = 0; i < width; i++) {
      bytes.put((byte) (value >>> (8 * i)));
    }
  }
}
