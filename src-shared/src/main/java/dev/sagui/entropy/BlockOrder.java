/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * Blocks of one size, sorted by classes, those of a class as they lie; what is left behind the last
 * whole block stays there. Rows of a weight matrix differ in how many zeros they have: sorted,
 * those that are alike share frequencies.
 *
 * <p>On the wire: the logarithm of the size, how many classes there are, and of each block a bit
 * that is 1 where its class is that of the block before, or else the class.
 *
 * @param logBytes binary logarithm of a block's bytes
 * @param classes how many there are
 * @param of the class of each block
 */
@SuppressWarnings("ArrayRecordComponent")
record BlockOrder(int logBytes, int classes, byte[] of) {
  static final int MIN_LOG = 7;
  static final int MAX_LOG = 11;
  static final int MAX_CLASSES = 64;

  void write(Writer out) {
    out.u8(logBytes);
    out.u8(classes);
    int last = -1;
    for (byte each : of) {
      out.bits(each == last ? 1 : 0, 1);
      if (each != last) {
        out.bits(each, indexBits(classes));
      }
      last = each;
    }
    out.alignToByte();
  }

  /**
   * Reads what {@link #write} wrote but for its first byte.
   *
   * @param length bytes of the chunk
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  static BlockOrder read(Reader in, int logBytes, int length) {
    int classes = in.u8();
    if (logBytes < MIN_LOG || logBytes > MAX_LOG || classes > MAX_CLASSES) {
      throw Reader.malformed("%d classes of blocks of 2^%d bytes".formatted(classes, logBytes));
    }
    byte[] of = new byte[length >> logBytes];
    for (int i = 0; i < of.length; i++) {
      boolean same = in.bit() == 1 && i > 0;
      of[i] = same ? of[i - 1] : (byte) in.bits(indexBits(classes));
      if (of[i] >= classes) {
        throw Reader.malformed("a block is of class %d of %d".formatted(of[i], classes));
      }
    }
    in.alignToByte();
    return new BlockOrder(logBytes, classes, of);
  }

  private static int indexBits(int classes) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, classes - 1));
  }

  /** Bits on the wire, about. */
  int bits() {
    int bits = 24;
    for (int i = 0; i < of.length; i++) {
      bits += i > 0 && of[i] == of[i - 1] ? 1 : 1 + indexBits(classes);
    }
    return bits;
  }

  /** The blocks' bytes by class. */
  void sort(byte[] from, int length, byte[] into) {
    copy(from, length, into, true);
  }

  /** Undoes {@link #sort}. */
  void restore(byte[] from, int length, byte[] into) {
    copy(from, length, into, false);
  }

  private void copy(byte[] from, int length, byte[] into, boolean sorts) {
    int[] next = starts();
    int bytes = 1 << logBytes;
    for (int i = 0; i < of.length; i++) {
      int place = next[of[i]]++ << logBytes;
      int own = i << logBytes;
      System.arraycopy(from, sorts ? own : place, into, sorts ? place : own, bytes);
    }
    int done = of.length << logBytes;
    System.arraycopy(from, done, into, done, length - done);
  }

  /** Where each class begins in the order, in blocks, and where the last ends. */
  int[] starts() {
    int[] starts = new int[classes + 1];
    for (byte each : of) {
      starts[each + 1]++;
    }
    for (int c = 0; c < classes; c++) {
      starts[c + 1] += starts[c];
    }
    return starts;
  }
}
