/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * A coded chunk: byte {@link #VERSION}, byte of planes, the decoded length as a varint, then
 * segments until that many bytes are there.
 *
 * <p>A segment starts with the varint {@code length * 4 + kind} and goes on with its bytes ({@link
 * #RAW}), one byte ({@link #RUN}), a table and rANS bytes ({@link #CODED}), or rANS bytes under the
 * table before ({@link #AGAIN}). With 2 or 4 planes the segments give all first bytes of each 2 or
 * 4, then all second ones: a float's exponent is skewed, its mantissa is not.
 */
final class Format {
  static final int VERSION = 1;

  static final int RAW = 0;
  static final int RUN = 1;
  static final int CODED = 2;
  static final int AGAIN = 3;

  /** Most bytes in one coded chunk, so that lengths and costs stay in an int. */
  static final int MAX_BYTES = 1 << 24;

  private Format() {}

  static boolean isPlanes(int planes) {
    return planes == 1 || planes == 2 || planes == 4;
  }
}
