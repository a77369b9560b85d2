/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/**
 * Reads what {@link ChunkEncoder} wrote, of anybody: bounded by the length that the caller knows,
 * and nothing is written elsewhere. Keeps its buffers; owned by one thread.
 */
public final class ChunkDecoder {
  private final RansDecoder rans = new RansDecoder();
  private boolean hasTable;
  private byte[] planar = new byte[0];
  private byte[] sorted = new byte[0];

  /**
   * Decodes {@code coded[offset, offset + length)} into the first {@code expected} bytes of {@code
   * into}.
   *
   * @param expected bytes that the chunk must have
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD; {@code into} is then undefined
   */
  public void decode(byte[] coded, int offset, int length, byte[] into, int expected) {
    Reader in = new Reader(coded, offset, length);
    int version = in.u8();
    int planes = in.u8();
    if (version != Format.VERSION || !Format.isPlanes(planes)) {
      throw Reader.malformed(
          "expected version %d in 1, 2 or 4 planes, found version %d in %d"
              .formatted(Format.VERSION, version, planes));
    }
    int declared = in.varint();
    if (declared != expected) {
      throw Reader.malformed("expected %d bytes, found %d".formatted(expected, declared));
    }
    planar = planes == 1 ? planar : enough(planar, expected);
    byte[] apart = planes == 1 ? into : planar;
    sorted(in, apart, expected);
    if (planes > 1) {
      Planes.join(planar, expected, planes, into);
    }
  }

  private static byte[] enough(byte[] buffer, int length) {
    return buffer.length < length ? new byte[length] : buffer;
  }

  private void sorted(Reader in, byte[] into, int expected) {
    int logBytes = in.u8();
    if (logBytes == 0) {
      stream(in, into, expected);
      return;
    }
    BlockOrder order = BlockOrder.read(in, logBytes, expected);
    sorted = enough(sorted, expected);
    stream(in, sorted, expected);
    order.restore(sorted, expected, into);
  }

  private void stream(Reader in, byte[] into, int expected) {
    rans.start(in, in.varint());
    segments(in, into, expected);
    rans.finish();
  }

  private void segments(Reader in, byte[] into, int expected) {
    hasTable = false;
    int at = 0;
    while (at < expected) {
      int head = in.varint();
      int length = head >>> 2;
      if (length == 0 || length > expected - at) {
        throw Reader.malformed(
            "a segment has %d bytes where 1 to %d are left".formatted(length, expected - at));
      }
      segment(in, head & 3, into, at, length);
      at += length;
    }
    if (in.left() > 0) {
      throw Reader.malformed("%d bytes follow its end".formatted(in.left()));
    }
  }

  private void segment(Reader in, int kind, byte[] into, int at, int length) {
    switch (kind) {
      case Format.RAW -> in.copy(into, at, length);
      case Format.RUN -> Arrays.fill(into, at, at + length, (byte) in.u8());
      case Format.CODED -> {
        rans.use(Frequencies.read(in));
        hasTable = true;
        rans.decode(into, at, length);
      }
      default -> {
        if (!hasTable) {
          throw Reader.malformed("a segment refers to a table that is not there");
        }
        rans.decode(into, at, length);
      }
    }
  }
}
