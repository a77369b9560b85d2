/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Float32 numbers as a tensor of a model. */
final class Floats {
  private Floats() {}

  /** The tensor with other numbers. */
  static TensorProto tensor(OnnxModel model, TensorProto like, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return model.attach(like, Payload.of(ByteString.copyFrom(bytes)));
  }
}
