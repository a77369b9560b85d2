/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.onnx.Half;
import dev.sagui.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NumPy element type, e.g. {@code <f4}.
 *
 * @param kind f, i, u or b
 * @param bytes of one element
 */
record NpyType(char kind, int bytes, ByteOrder order) {
  private static final Pattern SYNTAX = Pattern.compile("([<>|=]?)([fiub])([1248])");

  /** The type that NumPy calls {@code descr}; where it is from goes into the message. */
  static NpyType parse(String descr, String where) {
    Matcher matcher = SYNTAX.matcher(descr);
    if (matcher.matches()) {
      char kind = matcher.group(2).charAt(0);
      int bytes = Integer.parseInt(matcher.group(3));
      if (kind == 'f' ? bytes > 1 : kind != 'b' || bytes == 1) {
        return new NpyType(
            kind,
            bytes,
            matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw BadData.of(
        "%s has elements of NumPy type '%s', expected floats (f2, f4, f8), integers or bool; convert it with astype"
            .formatted(where, descr));
  }

  /** Whether values go into an input of {@code type}: floats among floats, integers and bool. */
  boolean fits(DataType type) {
    boolean floats = type == DataType.FP32 || type == DataType.FP64 || type == DataType.FP16;
    return floats == (kind == 'f');
  }

  /** Appends all elements of {@code from} to {@code to}. */
  void convert(ByteBuffer from, ByteBuffer to, DataType type, String where) {
    from.order(order);
    if (order == ByteOrder.LITTLE_ENDIAN && isSame(type)) {
      to.put(from);
      return;
    }
    while (from.hasRemaining()) {
      if (kind == 'f') {
        Elements.put(to, type, real(from));
      } else {
        Elements.put(to, type, checked(whole(from), type, where));
      }
    }
  }

  private boolean isSame(DataType type) {
    return switch (type) {
      case FP32, FP64, FP16 -> kind == 'f' && bytes == type.bytes();
      case INT8, INT16, INT32, INT64 -> kind == 'i' && bytes == type.bytes();
      case UINT8 -> kind == 'u' && bytes == 1;
      case BOOL -> kind == 'b';
    };
  }

  private double real(ByteBuffer from) {
    return switch (bytes) {
      case 2 -> Half.toFloat(from.getShort());
      case 4 -> from.getFloat();
      default -> from.getDouble();
    };
  }

  private long whole(ByteBuffer from) {
    boolean signed = kind == 'i';
    return switch (bytes) {
      case 1 -> signed ? from.get() : from.get() & 0xFF;
      case 2 -> signed ? from.getShort() : from.getShort() & 0xFFFF;
      case 4 -> signed ? from.getInt() : from.getInt() & 0xFFFFFFFFL;
      default -> from.getLong();
    };
  }

  private long checked(long value, DataType type, String where) {
    boolean overflowed = kind == 'u' && bytes == 8 && value < 0;
    boolean inside =
        switch (type) {
          case BOOL -> value == 0 || value == 1;
          case UINT8 -> value >= 0 && value <= 255;
          case INT64 -> true;
          default -> value >> (8 * type.bytes() - 1) == value >> 63;
        };
    if (overflowed || !inside) {
      throw BadData.of(
          "%s holds %s, which %s cannot hold".formatted(where, Long.toUnsignedString(value), type));
    }
    return value;
  }

  @Override
  public String toString() {
    return (bytes == 1 ? "|" : order == ByteOrder.BIG_ENDIAN ? ">" : "<") + kind + bytes;
  }
}
