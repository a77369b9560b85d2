/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads the plain files of a ustar stream (POSIX.1-1988), one after the other. */
final class Tar {
  private static final int BLOCK = 512;

  private final InputStream in;

  Tar(InputStream in) {
    this.in = in;
  }

  /** Receives one file. */
  interface Sink {
    /**
     * @param content ends where the file ends
     */
    void file(String name, InputStream content) throws IOException;
  }

  /**
   * @throws RejectedException BAD_REQUEST when the stream is no tar or ends early
   */
  void read(Sink sink) throws IOException {
    for (byte[] header = block(); header.length > 0; header = block()) {
      if (header[0] == 0) {
        in.skipNBytes(in.available()); // the end is two empty blocks and padding
        in.transferTo(java.io.OutputStream.nullOutputStream());
        return;
      }
      entry(header, sink);
    }
  }

  private void entry(byte[] header, Sink sink) throws IOException {
    long size = size(header);
    byte type = header[156];
    Entry content = new Entry(in, size);
    if (type == '0' || type == 0) {
      sink.file(name(header), content);
    } else if (type != '5' && type != 'x' && type != 'g') {
      throw wrong("an entry of type '%c', only files and folders are read".formatted((char) type));
    }
    content.transferTo(java.io.OutputStream.nullOutputStream());
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length != 0 && block.length != BLOCK) {
      throw wrong("an end in the middle of a header");
    }
    return block;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    String prefix = text(header, 345, 155);
    String whole = prefix.isEmpty() ? name : prefix + "/" + name;
    return whole.startsWith("./") ? whole.substring(2) : whole;
  }

  private static long size(byte[] header) {
    if ((header[124] & 0x80) != 0) {
      long size = 0;
      for (int i = 128; i < 136; i++) {
        size = size << 8 | (header[i] & 0xFF);
      }
      return size;
    }
    try {
      return Long.parseLong(text(header, 124, 12).strip(), 8);
    } catch (NumberFormatException e) {
      throw wrong("a header without a size");
    }
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static RejectedException wrong(String found) {
    return new RejectedException(
        FailureCode.BAD_REQUEST, "expected a ustar archive, found " + found);
  }

  /** The bytes of one file. */
  private static final class Entry extends InputStream {
    private final InputStream in;
    private long left;

    Entry(InputStream in, long size) {
      this.in = in;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(into, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("the archive ends inside a file");
      }
      left -= n;
      return n;
    }
  }
}
