/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/** A cursor over coded bytes that refuses to leave them. */
final class Reader {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int bits;
  private int bitCount;

  Reader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  static RejectedException malformed(String what) {
    return new RejectedException(
        FailureCode.MALFORMED_PAYLOAD, "coded chunk: " + what + "; it is asked for again");
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  int end() {
    return end;
  }

  void seek(int position) {
    at = position;
  }

  int left() {
    return end - at;
  }

  int u8() {
    if (at >= end) {
      throw malformed("it ends too early");
    }
    return bytes[at++] & 0xFF;
  }

  void copy(byte[] into, int offset, int length) {
    if (length > left()) {
      throw malformed("it ends too early");
    }
    System.arraycopy(bytes, at, into, offset, length);
    at += length;
  }

  /** Seven bits a byte, the lowest first, at most 28 bits. */
  int varint() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = u8();
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw malformed("a length takes more than 28 bits");
  }

  /** The next bit, the highest of a byte first. */
  int bit() {
    if (bitCount == 0) {
      bits = u8();
      bitCount = 8;
    }
    return bits >> --bitCount & 1;
  }

  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /** Skips the rest of a byte of which some bits were read. */
  void alignToByte() {
    bitCount = 0;
  }
}
