/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes rows of whole numbers as {@code .npz}, for {@code npz:FILE} to read. */
public final class WholeArray {
  /** What stands before the head: six bytes of name, two of version, two of its length. */
  private static final int BEFORE_HEAD = 10;

  private static final int ALIGNED = 64;

  private WholeArray() {}

  /**
   * @param file that is not there yet
   * @param name of the array
   * @param rows all of one length; written as int64
   */
  public static void write(Path file, String name, long[][] rows) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name + ".npy"));
      zip.write(head(rows.length, rows[0].length));
      for (long[] row : rows) {
        ByteBuffer bytes =
            ByteBuffer.allocate(row.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(row);
        zip.write(bytes.array());
      }
      zip.closeEntry();
    }
  }

  /** Version 1.0 (numpy.lib.format), padded with spaces to a multiple of 64 bytes. */
  private static byte[] head(int rows, int columns) {
    String told =
        "{'descr': '<i8', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, columns);
    int length = (BEFORE_HEAD + told.length() + ALIGNED) / ALIGNED * ALIGNED - BEFORE_HEAD;
    ByteBuffer head = ByteBuffer.allocate(BEFORE_HEAD + length).order(ByteOrder.LITTLE_ENDIAN);
    head.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    head.put((byte) 1).put((byte) 0).putShort((short) length);
    String padded = told + " ".repeat(length - told.length() - 1) + "\n";
    head.put(padded.getBytes(StandardCharsets.US_ASCII));
    return head.array();
  }
}
