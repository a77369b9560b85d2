/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.run.DataSpec;
import dev.sagui.run.source.BadData;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A text in memory as a row of tokens. */
public final class TokenText {
  private static final int HELD_OUT_SHARE = 10;
  private static final long MOST_BYTES = 1_000_000_000;
  private static final long MOST_TOKENIZED = 64_000_000;
  private static final Pattern SPEC = Pattern.compile("text:(.+?)(?::(\\d+))?");

  private final IntUnaryOperator tokens;
  private final int from;
  private final int count;
  private final double perCharacter;

  private TokenText(IntUnaryOperator tokens, int from, int count, double perCharacter) {
    this.tokens = tokens;
    this.from = from;
    this.count = count;
    this.perCharacter = perCharacter;
  }

  /**
   * Reads {@code text:FILE}, or its first lines of {@code text:FILE:N}; each byte is a token.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when there is no such text
   */
  public static TokenText bytes(DataSpec spec) throws IOException {
    byte[] all = read(spec, MOST_BYTES);
    return new TokenText(
        i -> all[i] & 0xff, 0, all.length, (double) all.length / Math.max(1, characters(all)));
  }

  /** Those of UTF-8 are as many as its bytes that continue none. */
  private static int characters(byte[] utf8) {
    int characters = 0;
    for (byte each : utf8) {
      characters += (each & 0xc0) == 0x80 ? 0 : 1;
    }
    return characters;
  }

  /**
   * The same by a model's tokenizer.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when there is no such text
   */
  public static TokenText of(DataSpec spec, Tokenizer tokenizer) throws IOException {
    String text = decoded(read(spec, MOST_TOKENIZED), spec);
    long[] ids = tokenizer.encode(text, Integer.MAX_VALUE);
    int characters = text.codePointCount(0, text.length());
    return new TokenText(
        i -> (int) ids[i], 0, ids.length, (double) ids.length / Math.max(1, characters));
  }

  private static String decoded(byte[] bytes, DataSpec spec) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw BadData.of("expected UTF-8 in %s, found other bytes; convert it".formatted(spec));
    }
  }

  private static byte[] read(DataSpec spec, long most) throws IOException {
    Matcher matcher = SPEC.matcher(spec.toString());
    if (!matcher.matches()) {
      throw BadData.of("this net learns from text:FILE, got " + spec);
    }
    Path file = Path.of(matcher.group(1));
    if (!Files.isRegularFile(file) || Files.size(file) > most) {
      throw BadData.of(
          "expected a text of at most %,d bytes at %s, found %s"
              .formatted(most, file, Files.exists(file) ? "another file" : "nothing"));
    }
    byte[] all = Files.readAllBytes(file);
    return matcher.group(2) == null ? all : lines(all, Integer.parseInt(matcher.group(2)));
  }

  private static byte[] lines(byte[] all, int count) {
    int end = 0;
    for (int left = count; left > 0 && end < all.length; end++) {
      left -= all[end] == '\n' ? 1 : 0;
    }
    return Arrays.copyOf(all, end);
  }

  /** All but the last tenth, and that. */
  public List<TokenText> split() {
    int learned = count - count / HELD_OUT_SHARE;
    return List.of(
        new TokenText(tokens, from, learned, perCharacter),
        new TokenText(tokens, from + learned, count - learned, perCharacter));
  }

  /** Tokens in all. */
  public int count() {
    return count;
  }

  /** The token at a place from 0. */
  public int at(int place) {
    return tokens.applyAsInt(from + place);
  }

  /** The place of the first token that is not below {@code bound}. */
  public OptionalInt firstFrom(int bound) {
    return IntStream.range(0, count).filter(place -> at(place) >= bound).findFirst();
  }

  /** Tokens to a character. */
  public double perCharacter() {
    return perCharacter;
  }

  /**
   * Windows that lie side by side, each with a token after it, wherever within a window one starts.
   */
  public int windows(int length) {
    return Math.max(0, count - length) / length;
  }

  /** Appends the tokens of a window, and behind each position the one that follows. */
  public void put(int start, int length, LongConsumer ids, LongConsumer next) {
    for (int i = start; i < start + length; i++) {
      ids.accept(at(i));
      next.accept(at(i + 1));
    }
  }

  /** What writes one number after the other into a tensor of whole ones. */
  public static LongConsumer appending(Tensor tensor) {
    if (tensor.type() == DataType.INT32) {
      IntBuffer ints = tensor.data().asIntBuffer();
      return id -> ints.put((int) id);
    }
    return tensor.data().asLongBuffer()::put;
  }

  @Override
  public String toString() {
    return "a text of %,d tokens".formatted(count);
  }
}
