/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A segment and how it is written.
 *
 * @param kind of {@link Format}
 * @param table that its symbols are coded under; empty where they are not
 */
record Part(Segment segment, int kind, Optional<Frequencies> table) {
  /** The cheapest ways, in order. */
  static List<Part> of(List<Segment> segments) {
    List<Part> parts = new ArrayList<>();
    Optional<Frequencies> last = Optional.empty();
    for (Segment segment : segments) {
      double again = last.map(segment::costUnder).orElse(Double.POSITIVE_INFINITY);
      if (segment.isRun()) {
        parts.add(new Part(segment, Format.RUN, Optional.empty()));
      } else if (again <= segment.cost()) {
        parts.add(new Part(segment, Format.AGAIN, last));
      } else if (segment.isRaw()) {
        parts.add(new Part(segment, Format.RAW, Optional.empty()));
      } else {
        last = Optional.of(Frequencies.of(segment.counts().of()));
        parts.add(new Part(segment, Format.CODED, last));
      }
    }
    return parts;
  }

  /** Length, kind, and the bytes of what is not coded. */
  void start(byte[] bytes, Writer out) {
    out.varint(segment.length() << 2 | kind);
    if (kind == Format.RUN) {
      out.u8(bytes[segment.offset()]);
    } else if (kind == Format.RAW) {
      out.bytes(bytes, segment.offset(), segment.length());
    }
  }
}
