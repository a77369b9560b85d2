/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Rows of an array in Fortran order, whose elements lie scattered over the file: the file is read
 * once for every 64 MB of rows.
 */
final class FortranRows implements RowReader {
  /** Opens the stream at the first element. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  /** Rows that are kept at a time. */
  static final long TILE_BYTES = 1 << 26;

  private final Opener opener;
  private final long rows;
  private final int[] dims;
  private final int elementBytes;
  private final int rowElements;
  private final byte[][] tile;
  private long tileStart;
  private long position;

  /**
   * @param dims of one row
   */
  FortranRows(Opener opener, long rows, List<Long> dims, int elementBytes, long tileBytes) {
    this.opener = opener;
    this.rows = rows;
    this.dims = dims.stream().mapToInt(Math::toIntExact).toArray();
    this.elementBytes = elementBytes;
    this.rowElements = (int) dims.stream().reduce(1L, (a, b) -> a * b).longValue();
    long rowBytes = Math.max(1, (long) rowElements * elementBytes);
    int tall = (int) Math.min(rows, Math.max(1, tileBytes / rowBytes));
    this.tile = new byte[tall][rowElements * elementBytes];
    this.tileStart = -tall;
  }

  @Override
  public byte[] next() throws IOException {
    if (position >= tileStart + tile.length) {
      tileStart += tile.length;
      fill();
    }
    return tile[(int) (position++ - tileStart)];
  }

  private void fill() throws IOException {
    int wanted = (int) Math.min(tile.length, rows - tileStart);
    byte[] column = new byte[wanted * elementBytes];
    int[] index = new int[dims.length];
    try (InputStream in = opener.open()) {
      for (int i = 0; i < rowElements; i++) {
        in.skipNBytes(tileStart * elementBytes);
        if (in.readNBytes(column, 0, column.length) < column.length) {
          throw new EOFException("it ends before all rows that its head declares");
        }
        scatter(column, wanted, rowMajor(index) * elementBytes);
        in.skipNBytes((rows - tileStart - wanted) * elementBytes);
        advance(index);
      }
      StraightRows.meetEnd(in);
    }
  }

  private void scatter(byte[] column, int wanted, int at) {
    for (int row = 0; row < wanted; row++) {
      System.arraycopy(column, row * elementBytes, tile[row], at, elementBytes);
    }
  }

  private int rowMajor(int[] index) {
    int position = 0;
    for (int d = 0; d < dims.length; d++) {
      position = position * dims[d] + index[d];
    }
    return position;
  }

  private void advance(int[] index) {
    for (int d = 0; d < dims.length; d++) {
      if (++index[d] < dims[d]) {
        return;
      }
      index[d] = 0;
    }
  }

  @Override
  public void close() {}
}
