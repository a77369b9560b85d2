/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/** A growing array of coded bytes: what {@link Reader} reads. */
final class Writer {
  private byte[] bytes;
  private int size;
  private int bits;
  private int bitCount;

  Writer(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void bytes(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }

  void varint(int value) {
    int rest = value;
    while (rest >= 0x80) {
      u8(rest | 0x80);
      rest >>>= 7;
    }
    u8(rest);
  }

  void bits(int value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      bits = bits << 1 | (value >> i & 1);
      if (++bitCount == 8) {
        u8(bits);
        bitCount = 0;
      }
    }
  }

  void alignToByte() {
    bits(0, (8 - bitCount) % 8);
  }
}
