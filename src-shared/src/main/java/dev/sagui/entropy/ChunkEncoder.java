/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.List;
import java.util.Optional;

/**
 * Codes chunks for {@link ChunkDecoder}: each is cut into segments by content, and each segment
 * coded by rANS with the frequencies of its own bytes, where that is shorter than the bytes. Keeps
 * its buffers; owned by one thread.
 */
public final class ChunkEncoder {
  private final RansEncoder rans = new RansEncoder();
  private byte[] planar = new byte[0];

  /**
   * The coded form of the first {@code length} of {@code bytes} if it is shorter than they are.
   * Bytes that look like noise, by a sample of them, are not tried.
   */
  public Optional<byte[]> shorter(byte[] bytes, int length) {
    Sample sample = Sample.of(bytes, length);
    if (sample.isNoise()) {
      return Optional.empty();
    }
    byte[] coded = encode(bytes, length, sample.planes());
    return coded.length < length ? Optional.of(coded) : Optional.empty();
  }

  /** The coded form, a few bytes longer than the bytes at worst. */
  byte[] encode(byte[] bytes, int length) {
    return encode(bytes, length, Sample.of(bytes, length).planes());
  }

  private byte[] encode(byte[] bytes, int length, int planes) {
    if (length > Format.MAX_BYTES) {
      throw new IllegalArgumentException(
          "a chunk has at most %d bytes, got %d".formatted(Format.MAX_BYTES, length));
    }
    byte[] sorted = sorted(bytes, length, planes);
    Writer out = new Writer(length + 64);
    out.u8(Format.VERSION);
    out.u8(planes);
    out.varint(length);
    segments(sorted, Cut.of(sorted, length), out);
    return out.size() <= length ? out.toByteArray() : raw(bytes, length);
  }

  private byte[] sorted(byte[] bytes, int length, int planes) {
    if (planes == 1) {
      return bytes;
    }
    if (planar.length < length) {
      planar = new byte[length];
    }
    Planes.split(bytes, length, planes, planar);
    return planar;
  }

  private void segments(byte[] bytes, List<Segment> segments, Writer out) {
    Optional<Frequencies> last = Optional.empty();
    for (Segment segment : segments) {
      double again = last.map(segment::costUnder).orElse(Double.POSITIVE_INFINITY);
      if (segment.isRun()) {
        start(segment, Format.RUN, out);
        out.u8(bytes[segment.offset()]);
      } else if (again <= segment.cost()) {
        start(segment, Format.AGAIN, out);
        rans.encode(bytes, segment.offset(), segment.length(), out);
      } else if (segment.isRaw()) {
        start(segment, Format.RAW, out);
        out.bytes(bytes, segment.offset(), segment.length());
      } else {
        start(segment, Format.CODED, out);
        Frequencies own = Frequencies.of(segment.counts().of());
        own.write(out);
        rans.use(own);
        rans.encode(bytes, segment.offset(), segment.length(), out);
        last = Optional.of(own);
      }
    }
  }

  private static void start(Segment segment, int kind, Writer out) {
    out.varint(segment.length() << 2 | kind);
  }

  private static byte[] raw(byte[] bytes, int length) {
    Writer out = new Writer(length + 16);
    out.u8(Format.VERSION);
    out.u8(1);
    out.varint(length);
    if (length > 0) {
      out.varint(length << 2 | Format.RAW);
    }
    out.bytes(bytes, 0, length);
    return out.toByteArray();
  }
}
