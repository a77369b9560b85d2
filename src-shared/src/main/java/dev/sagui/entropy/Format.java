/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * A coded chunk: a byte of version, a byte of planes, the decoded length as a varint, then segments
 * until that many bytes are there.
 *
 * <p>A segment starts with the varint {@code length * 4 + kind} and goes on with its bytes ({@link
 * #RAW}), one byte ({@link #RUN}), a table and coded symbols ({@link #CODED}), or coded symbols
 * under the table before ({@link #AGAIN}). With 2 or 4 planes the segments give all first bytes of
 * each 2 or 4, then all second ones: a float's exponent is skewed, its mantissa is not.
 *
 * <p>The segments give the bytes in a {@link BlockOrder}, which stands before them, or a byte 0 for
 * none; then come the {@link Rans} bytes of all segments, after their length as a varint, then the
 * segments.
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
