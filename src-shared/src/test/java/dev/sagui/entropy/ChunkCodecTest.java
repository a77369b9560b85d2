/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkCodecTest {
  private static final int CHUNK = 120 * 1024;
  private static final int GUARD = 16;
  private final ChunkEncoder encoder = new ChunkEncoder();
  private final ChunkDecoder decoder = new ChunkDecoder();

  /** Sources of bytes, by what a model's file holds. */
  enum Source {
    ZEROS,
    NOISE,
    TWO_SYMBOLS,
    INT8,
    UINT8,
    SPARSE_INT8,
    INT4_PAIRS,
    FLOATS,
    HALVES,
    TEXT,
    ROWS,
    ALL_KINDS;

    /** Rows of int8 weights, some of which are nearly all zeros. */
    private static byte[] rows(int length, Random random) {
      byte[] bytes = new byte[length];
      double density = 0;
      for (int i = 0; i < length; i++) {
        density = i % 1000 == 0 ? Math.pow(random.nextDouble(), 3) : density;
        bytes[i] = (byte) (random.nextDouble() < density ? bell(random, 40) : 0);
      }
      return bytes;
    }

    byte[] bytes(int length, Random random) {
      byte[] bytes = new byte[length];
      if (this == ALL_KINDS) {
        return mixed(length, random);
      }
      if (this == ROWS) {
        return rows(length, random);
      }
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) next(i, random);
      }
      return bytes;
    }

    private static byte[] mixed(int length, Random random) {
      byte[] bytes = new byte[length];
      for (int at = 0; at < length; ) {
        int part = Math.min(length - at, 1 + random.nextInt(20_000));
        Source source = values()[random.nextInt(ALL_KINDS.ordinal())];
        System.arraycopy(source.bytes(part, random), 0, bytes, at, part);
        at += part;
      }
      return bytes;
    }

    private int next(int index, Random random) {
      return switch (this) {
        case ZEROS, ROWS, ALL_KINDS -> 0;
        case NOISE -> random.nextInt();
        case TWO_SYMBOLS -> random.nextInt(50) == 0 ? 255 : 0;
        case INT8 -> bell(random, 30);
        case UINT8 -> 128 + bell(random, 30);
        case SPARSE_INT8 -> random.nextInt(10) == 0 ? bell(random, 40) : 0;
        case INT4_PAIRS -> (bell(random, 2) & 0xF) << 4 | (bell(random, 2) & 0xF);
        case FLOATS -> index % 4 == 3 ? 0x3A + random.nextInt(4) : random.nextInt();
        case HALVES -> index % 2 == 1 ? 0x20 + random.nextInt(16) : random.nextInt();
        case TEXT -> "model/layer/weight_0123 ".charAt(random.nextInt(24));
      };
    }

    private static int bell(Random random, double sigma) {
      return (int) Math.max(-127, Math.min(127, Math.round(random.nextGaussian() * sigma)));
    }
  }

  static Stream<Source> compressible() {
    return Stream.of(Source.values()).filter(source -> source != Source.NOISE);
  }

  @ParameterizedTest
  @EnumSource
  void decodesWhatItEncoded(Source source) {
    Random random = new Random(source.ordinal());
    for (int length : new int[] {0, 1, 2, 3, 4, 5, 255, 511, 513, 4_099, CHUNK - 1, CHUNK}) {
      assertSurvives(source.bytes(length, random));
    }
  }

  @Test
  void decodesTwoMegabytes() {
    assertSurvives(Source.INT8.bytes(2 << 20, new Random(1)));
    assertSurvives(Source.ALL_KINDS.bytes(2 << 20, new Random(1)));
  }

  @Test
  void decodesEverySymbolOnce() {
    byte[] all = new byte[256];
    IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
    assertSurvives(all);
  }

  private void assertSurvives(byte[] bytes) {
    byte[] coded = encoder.encode(bytes, bytes.length);
    assertTrue(coded.length <= bytes.length + 11, () -> coded.length + " of " + bytes.length);
    assertArrayEquals(bytes, decode(coded, bytes.length));
  }

  /** Decodes from the middle of one array into the middle of another, and looks at the margins. */
  private byte[] decode(byte[] coded, int length) {
    byte[] from = new byte[coded.length + 2 * GUARD];
    Arrays.fill(from, (byte) 0xA5);
    System.arraycopy(coded, 0, from, GUARD, coded.length);
    byte[] into = new byte[length + GUARD];
    decoder.decode(from, GUARD, coded.length, into, length);
    assertArrayEquals(new byte[GUARD], Arrays.copyOfRange(into, length, into.length));
    return Arrays.copyOf(into, length);
  }

  @Test
  void int8WeightsComeWithinHalfAPercentOfTheirEntropy() {
    byte[] bytes = Source.INT8.bytes(CHUNK, new Random(2));
    assertBound(bytes, 1.005);
    assertBound(Source.UINT8.bytes(CHUNK, new Random(3)), 1.005);
    assertBound(Source.SPARSE_INT8.bytes(CHUNK, new Random(4)), 1.015);
  }

  @Test
  void rowsThatAreAlikeShareATable() {
    byte[] bytes = Source.ROWS.bytes(CHUNK, new Random(11));
    assertBound(bytes, 0.95);
  }

  private void assertBound(byte[] bytes, double factor) {
    Counts counts = new Counts();
    counts.add(bytes, 0, bytes.length);
    double bound = counts.bits() / 8;
    int coded = encoder.shorter(bytes, bytes.length).orElseThrow().length;
    assertTrue(coded <= factor * bound, () -> coded + " bytes, bound " + bound);
  }

  @Test
  void eachContentGetsItsOwnTable() {
    Random random = new Random(5);
    byte[] bytes = new byte[CHUNK];
    System.arraycopy(Source.INT8.bytes(CHUNK / 2, random), 0, bytes, 0, CHUNK / 2);
    System.arraycopy(Source.TEXT.bytes(CHUNK / 2, random), 0, bytes, CHUNK / 2, CHUNK / 2);
    Counts first = new Counts();
    first.add(bytes, 0, CHUNK / 2);
    Counts second = new Counts();
    second.add(bytes, CHUNK / 2, CHUNK / 2);
    int coded = encoder.shorter(bytes, CHUNK).orElseThrow().length;
    assertTrue(coded <= 1.01 * (first.bits() + second.bits()) / 8);
  }

  @Test
  void floatsAreCodedByThePlacesOfTheirBytes() {
    Random random = new Random(6);
    byte[] floats = Source.FLOATS.bytes(CHUNK, random);
    assertTrue(encoder.shorter(floats, CHUNK).orElseThrow().length < 0.82 * CHUNK);
    byte[] halves = Source.HALVES.bytes(CHUNK, random);
    assertTrue(encoder.shorter(halves, CHUNK).orElseThrow().length < 0.76 * CHUNK);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 5_000, CHUNK})
  void noiseStaysAsItIs(int length) {
    byte[] noise = Source.NOISE.bytes(length, new Random(7));
    assertEquals(Optional.empty(), encoder.shorter(noise, length));
  }

  @Test
  void refusesAnotherLengthThanTheChunkHas() {
    byte[] coded = encoder.encode(new byte[1000], 1000);
    assertRefused(coded, 999);
    assertRefused(coded, 1001);
    assertRefused(coded, 0);
  }

  @ParameterizedTest
  @MethodSource("compressible")
  void refusesEveryTruncation(Source source) {
    byte[] coded = encoder.encode(source.bytes(3_000, new Random(8)), 3_000);
    for (int length = 0; length < coded.length; length++) {
      assertRefused(Arrays.copyOf(coded, length), 3_000);
    }
    assertRefused(Arrays.copyOf(coded, coded.length + 1), 3_000);
  }

  @ParameterizedTest
  @EnumSource
  void survivesFlippedBits(Source source) {
    Random random = new Random(9);
    byte[] coded = encoder.encode(source.bytes(6_000, random), 6_000);
    for (int i = 0; i < 1_500; i++) {
      byte[] bad = coded.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      decodesOrRefuses(bad, 6_000);
    }
  }

  @Test
  void survivesBytesOfAnyKind() {
    Random random = new Random(10);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = new byte[8 + random.nextInt(400)];
      random.nextBytes(bad);
      int length = random.nextInt(1 << random.nextInt(14));
      Writer head = new Writer(8);
      head.u8(Format.VERSION);
      head.u8(1 << random.nextInt(3));
      head.varint(length);
      head.u8(random.nextInt(2) * random.nextInt(10));
      head.varint(random.nextInt(2) * random.nextInt(64));
      head.varint((1 + random.nextInt(Math.max(1, length))) << 2 | random.nextInt(4));
      byte[] good = head.toByteArray();
      System.arraycopy(good, 0, bad, 0, Math.min(random.nextInt(11), good.length));
      decodesOrRefuses(bad, length);
    }
  }

  private void decodesOrRefuses(byte[] coded, int length) {
    try {
      decode(coded, length);
    } catch (RejectedException e) {
      assertEquals(FailureCode.MALFORMED_PAYLOAD, e.code());
    }
  }

  private void assertRefused(byte[] coded, int length) {
    RejectedException e =
        assertThrows(RejectedException.class, () -> decode(coded, length), "length " + length);
    assertEquals(FailureCode.MALFORMED_PAYLOAD, e.code());
  }
}
