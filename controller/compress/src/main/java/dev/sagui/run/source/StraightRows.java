/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Rows as they stand in a stream. */
final class StraightRows implements RowReader {
  private final InputStream in;
  private final byte[] row;
  private long left;

  /**
   * @param in at the first element
   */
  StraightRows(InputStream in, long rows, int rowBytes) {
    this.in = in;
    this.left = rows;
    this.row = new byte[rowBytes];
  }

  @Override
  public byte[] next() throws IOException {
    if (in.readNBytes(row, 0, row.length) < row.length) {
      throw new EOFException("it ends before all rows that its head declares");
    }
    if (--left == 0) {
      meetEnd(in);
    }
    return row;
  }

  /** A stream compares its checksum when asked for a byte after the last. */
  static void meetEnd(InputStream in) throws IOException {
    in.read();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
