/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Protobuf's wire format from a stream of known length, with the position kept. */
final class WireReader {
  private final InputStream in;
  private final long length;
  private long position;

  /** The bytes are not protobuf, or end early; which of the two is the caller's to say. */
  static final class WireException extends IOException {
    private static final long serialVersionUID = 1L;
    private final boolean atEnd;

    WireException(String message, boolean atEnd) {
      super(message);
      this.atEnd = atEnd;
    }

    /** True when the file ends where more was announced. */
    boolean atEnd() {
      return atEnd;
    }
  }

  WireReader(InputStream in, long length) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.length = length;
  }

  long position() {
    return position;
  }

  long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = in.read();
      if (b < 0) {
        throw new WireException("ends inside a number at byte " + position, true);
      }
      position++;
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new WireException("has a number of over ten bytes before byte " + position, false);
  }

  /** Reads the length of a field and checks it against where its message ends. */
  long fieldLength(long end) throws IOException {
    long bytes = varint();
    if (bytes < 0 || bytes > end - position) {
      throw new WireException(
          "announces a field of %s bytes at byte %d, %d remain"
              .formatted(Long.toUnsignedString(bytes), position, end - position),
          end == length);
    }
    return bytes;
  }

  byte[] bytes(long count) throws IOException {
    byte[] bytes = in.readNBytes(Math.toIntExact(count));
    position += bytes.length;
    if (bytes.length < count) {
      throw new WireException("ends at byte " + position, true);
    }
    return bytes;
  }

  void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (java.io.EOFException e) {
      throw new WireException("ends within " + count + " bytes of byte " + position, true);
    }
    position += count;
  }
}
