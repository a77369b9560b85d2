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
  public byte[] encode(byte[] bytes, int length) {
    return encode(bytes, length, Sample.of(bytes, length).planes());
  }

  private byte[] encode(byte[] bytes, int length, int planes) {
    if (length > Format.MAX_BYTES) {
      throw new IllegalArgumentException(
          "a chunk has at most %d bytes, got %d".formatted(Format.MAX_BYTES, length));
    }
    byte[] apart = apart(bytes, length, planes);
    Writer out = new Writer(length + 64);
    out.u8(Format.VERSION);
    out.u8(planes);
    out.varint(length);
    sorted(apart, length, planes == 1, out);
    return out.size() <= length ? out.toByteArray() : raw(bytes, length);
  }

  private byte[] apart(byte[] bytes, int length, int planes) {
    if (planes == 1) {
      return bytes;
    }
    if (planar.length < length) {
      planar = new byte[length];
    }
    Planes.split(bytes, length, planes, planar);
    return planar;
  }

  /** Planes of floats gain little by an order, and looking for one takes a while. */
  private void sorted(byte[] bytes, int length, boolean whole, Writer out) {
    List<Segment> asTheyLie = Cut.of(bytes, length, 1);
    double cost = asTheyLie.stream().mapToDouble(Segment::cost).sum();
    Optional<Blocks> blocks =
        (whole ? Blocks.of(bytes, length) : Optional.<Blocks>empty())
            .filter(found -> found.cost() < cost);
    blocks.ifPresentOrElse(found -> found.order().write(out), () -> out.u8(0));
    byte[] ordered = blocks.map(Blocks::bytes).orElse(bytes);
    List<Part> parts = Part.of(blocks.map(Blocks::segments).orElse(asTheyLie));
    stream(ordered, length, parts, out);
    for (Part part : parts) {
      part.start(ordered, out);
      if (part.kind() == Format.CODED) {
        part.table().orElseThrow().write(out);
      }
    }
  }

  private void stream(byte[] bytes, int length, List<Part> parts, Writer out) {
    rans.start(length);
    for (int i = parts.size() - 1; i >= 0; i--) {
      Segment segment = parts.get(i).segment();
      parts
          .get(i)
          .table()
          .ifPresent(
              table -> {
                rans.use(table);
                rans.encode(bytes, segment.offset(), segment.length());
              });
    }
    rans.write(out);
  }

  private static byte[] raw(byte[] bytes, int length) {
    Writer out = new Writer(length + 16);
    out.u8(Format.VERSION);
    out.u8(1);
    out.varint(length);
    out.u8(0);
    out.varint(0);
    if (length > 0) {
      out.varint(length << 2 | Format.RAW);
    }
    out.bytes(bytes, 0, length);
    return out.toByteArray();
  }
}
