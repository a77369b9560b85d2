/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.onnx.Half;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Puts numbers into tensors of any element type. */
public final class Elements {
  private Elements() {}

  /** An empty little-endian buffer for that many elements. */
  public static ByteBuffer buffer(DataType type, int elements) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, type.bytes()))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A tensor of whole numbers. */
  public static Tensor integers(String name, DataType type, long[] values, List<Long> shape) {
    ByteBuffer data = buffer(type, values.length);
    for (long value : values) {
      put(data, type, value);
    }
    return new Tensor(name, type, shape, data.flip());
  }

  /** Appends one element; integers are cut, not rounded. */
  public static void put(ByteBuffer data, DataType type, double value) {
    switch (type) {
      case FP32 -> data.putFloat((float) value);
      case FP64 -> data.putDouble(value);
      case INT8, UINT8 -> data.put((byte) (int) value);
      case INT16 -> data.putShort((short) (int) value);
      case INT32 -> data.putInt((int) value);
      case INT64 -> data.putLong((long) value);
      case BOOL -> data.put((byte) (value > 0 ? 1 : 0));
      case FP16 -> data.putShort(Half.of((float) value));
    }
  }

  /** Appends one element that is a whole number. */
  public static void put(ByteBuffer data, DataType type, long value) {
    if (type == DataType.INT64) {
      data.putLong(value);
    } else {
      put(data, type, (double) value);
    }
  }
}
