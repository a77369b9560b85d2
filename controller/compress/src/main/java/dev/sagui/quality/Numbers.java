/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.onnx.Half;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;

/** A tensor's elements as floats, whatever their type. */
final class Numbers {
  private Numbers() {}

  static float[] of(Tensor tensor) {
    if (tensor.type() == DataType.FP32) {
      return tensor.floats();
    }
    ByteBuffer data = tensor.data();
    float[] values = new float[data.remaining() / tensor.type().bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.type()) {
            case FP32 -> data.getFloat();
            case FP64 -> (float) data.getDouble();
            case FP16 -> Half.toFloat(data.getShort());
            case INT8 -> data.get();
            case INT16 -> data.getShort();
            case INT32 -> data.getInt();
            case INT64 -> data.getLong();
            case UINT8, BOOL -> data.get() & 0xFF;
          };
    }
    return values;
  }
}
