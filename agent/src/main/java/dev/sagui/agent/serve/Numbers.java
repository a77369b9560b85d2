/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor's elements as JSON numbers, flat or nested, without a boxed value between. */
final class Numbers {
  private static final int FIRST_ELEMENTS = 64;

  private Numbers() {}

  /**
   * The array that {@code parser} stands on.
   *
   * @param expected how many elements the shape announces; 0 if it is not known yet
   * @param bodyBytes length of the body, which bounds the elements that it can hold
   */
  static ByteBuffer read(JsonParser parser, DataType type, long expected, int bodyBytes)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR, "'data' must be an array, found " + parser.currentToken());
    }
    long first = Math.min(Math.max(expected, FIRST_ELEMENTS), Math.max(bodyBytes / 2, 64));
    ByteBuffer data = buffer((int) first * type.bytes());
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else if (token == null || token.isStructStart()) {
        throw new RejectedException(FailureCode.BAD_TENSOR, "'data' holds " + token);
      } else {
        if (data.remaining() < type.bytes()) {
          int larger = Math.min(4 * data.capacity(), Math.max(bodyBytes, 64) * type.bytes());
          data = buffer(larger).put(data.flip());
        }
        put(data, type, parser);
      }
    }
    return data.flip();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer data, DataType type, JsonParser parser) throws IOException {
    switch (type) {
      case FP32 -> data.putFloat(parser.getFloatValue());
      case FP64 -> data.putDouble(parser.getDoubleValue());
      case INT64 -> data.putLong(parser.getLongValue());
      case INT32 -> data.putInt(parser.getIntValue());
      case INT16 -> data.putShort((short) ranged(parser, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT8 -> data.put((byte) ranged(parser, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT8 -> data.put((byte) ranged(parser, 0, 255));
      case BOOL -> data.put((byte) (parser.getBooleanValue() ? 1 : 0));
      case FP16 ->
          throw new RejectedException(
              FailureCode.BAD_TENSOR, "FP16 has no JSON form; send it as binary data");
    }
  }

  private static int ranged(JsonParser parser, int low, int high) throws IOException {
    int value = parser.getIntValue();
    if (value < low || value > high) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR, "%d is not within %d..%d".formatted(value, low, high));
    }
    return value;
  }

  /** Writes the elements as one flat array. */
  static void write(JsonGenerator json, Tensor tensor) throws IOException {
    ByteBuffer data = tensor.data();
    json.writeStartArray();
    while (data.hasRemaining()) {
      switch (tensor.type()) {
        case FP32 -> json.writeNumber(data.getFloat());
        case FP64 -> json.writeNumber(data.getDouble());
        case INT64 -> json.writeNumber(data.getLong());
        case INT32 -> json.writeNumber(data.getInt());
        case INT16 -> json.writeNumber(data.getShort());
        case INT8 -> json.writeNumber((int) data.get());
        case UINT8 -> json.writeNumber(data.get() & 0xFF);
        case BOOL -> json.writeBoolean(data.get() != 0);
        case FP16 ->
            throw new RejectedException(
                FailureCode.BAD_TENSOR, "FP16 has no JSON form; ask for binary data");
      }
    }
    json.writeEndArray();
  }
}
