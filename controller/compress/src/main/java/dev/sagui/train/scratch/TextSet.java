/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.run.DataSpec;
import dev.sagui.run.source.BadData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text in memory, each byte of its UTF-8 a token. */
final class TextSet {
  /** Tokens that there are. */
  static final long VOCABULARY = 256;

  private static final int HELD_OUT_SHARE = 10;
  private static final long MOST_BYTES = 1_000_000_000;
  private static final Pattern SPEC = Pattern.compile("text:(.+?)(?::(\\d+))?");

  private final byte[] bytes;

  private TextSet(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads {@code text:FILE}, or its first lines of {@code text:FILE:N}.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when there is no such text
   */
  static TextSet of(DataSpec spec) throws IOException {
    Matcher matcher = SPEC.matcher(spec.toString());
    if (!matcher.matches()) {
      throw BadData.of("this net learns from text:FILE, got " + spec);
    }
    Path file = Path.of(matcher.group(1));
    if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
      throw BadData.of(
          "expected a text of at most %,d bytes at %s, found %s"
              .formatted(MOST_BYTES, file, Files.exists(file) ? "another file" : "nothing"));
    }
    byte[] all = Files.readAllBytes(file);
    return new TextSet(
        matcher.group(2) == null ? all : lines(all, Integer.parseInt(matcher.group(2))));
  }

  private static byte[] lines(byte[] all, int count) {
    int end = 0;
    for (int left = count; left > 0 && end < all.length; end++) {
      left -= all[end] == '\n' ? 1 : 0;
    }
    return Arrays.copyOf(all, end);
  }

  /** All but the last tenth, and that. */
  List<TextSet> split() {
    int learned = bytes.length - bytes.length / HELD_OUT_SHARE;
    return List.of(
        new TextSet(Arrays.copyOf(bytes, learned)),
        new TextSet(Arrays.copyOfRange(bytes, learned, bytes.length)));
  }

  /**
   * Windows that lie side by side, each with a token after it, wherever within a window one starts.
   */
  int windows(int length) {
    return Math.max(0, bytes.length - length) / length;
  }

  /** Appends the tokens of a window, and behind each position the one that follows. */
  void put(int start, int length, LongBuffer ids, LongBuffer next) {
    for (int i = start; i < start + length; i++) {
      ids.put(bytes[i] & 0xff);
      next.put(bytes[i + 1] & 0xff);
    }
  }

  /** Bytes to a character. */
  double bytesPerCharacter() {
    int characters = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes)).length();
    return (double) bytes.length / Math.max(1, characters);
  }

  @Override
  public String toString() {
    return "a text of %,d bytes".formatted(bytes.length);
  }
}
