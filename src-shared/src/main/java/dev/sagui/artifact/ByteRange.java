/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One range of a file's bytes, both ends inclusive (RFC 9110, section 14). */
public record ByteRange(long first, long last) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * The range that a header asks for, cut to the file; it begins behind the file's end when none of
   * it is there. Empty when the header is to be ignored: another unit, several ranges, no range.
   */
  public static Optional<ByteRange> parse(String header, long sizeBytes) {
    Matcher range = ONE.matcher(header.replace(" ", ""));
    if (!range.matches()) {
      return Optional.empty();
    }
    String from = range.group(1);
    String to = range.group(2);
    if (from.isEmpty()) {
      return to.isEmpty() ? Optional.empty() : Optional.of(suffix(Long.parseLong(to), sizeBytes));
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
    return last < first
        ? Optional.empty()
        : Optional.of(new ByteRange(first, Math.min(last, sizeBytes - 1)));
  }

  private static ByteRange suffix(long bytes, long sizeBytes) {
    return new ByteRange(Math.max(0, sizeBytes - bytes) + (bytes == 0 ? 1 : 0), sizeBytes - 1);
  }

  public boolean isSatisfiable() {
    return first <= last;
  }

  /** Bytes in it. */
  public long length() {
    return last - first + 1;
  }
}
