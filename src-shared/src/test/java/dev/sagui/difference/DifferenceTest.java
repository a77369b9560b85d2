/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DifferenceTest {
  private static final int SIZE = 8 * ChunkTable.CHUNK_BYTES + 777;
  private static final float[] WEIGHTS = weights();

  private static float[] weights() {
    Random random = new Random(1);
    float[] weights = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      weights[i] = (float) (0.16 * random.nextGaussian()); // of a range of 1: scale 1/127
    }
    return weights;
  }

  /** The weights plus noise, with the scale that they had. */
  private static byte[] int8(double sigma) {
    Random random = new Random(2);
    byte[] bytes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double tuned = WEIGHTS[i] + sigma * random.nextGaussian();
      bytes[i] = (byte) Math.max(-127, Math.min(127, Math.round(127 * tuned)));
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"1e-5, 0.01", "1e-4, 0.02", "1e-3, 0.1", "1e-2, 0.4"})
  void aFineTuneWithFrozenScalesIsAFewBytes(double sigma, double share) throws IOException {
    byte[] difference = assertMakes(int8(0), int8(sigma));
    assertTrue(
        difference.length < share * SIZE,
        () -> "%.4f of the file".formatted((double) difference.length / SIZE));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4_096, 200_001})
  void whatLiesElsewhereIsFound(int shift) throws IOException {
    byte[] base = int8(0);
    byte[] tuned = int8(1e-3);
    byte[] grown = new byte[SIZE + shift];
    int place = 3 * ChunkTable.CHUNK_BYTES + 99;
    System.arraycopy(tuned, 0, grown, 0, place);
    System.arraycopy(tuned, place, grown, place + shift, SIZE - place);
    assertTrue(assertMakes(base, grown).length < 0.11 * SIZE + shift);
    assertTrue(assertMakes(grown, base).length < 0.11 * SIZE);
  }

  @Test
  void otherBytesAreLeftToBeFetched() throws IOException {
    byte[] target = new byte[SIZE];
    new Random(4).nextBytes(target);
    byte[] base = int8(0);
    assertFalse(new DifferenceWriter(bytes(base), bytes(target)).isWorth());
    byte[] difference = write(base, target);
    assertEquals(ChunkTable.count(SIZE), difference.length);
    DifferenceReader reader = new DifferenceReader(bytes(difference), bytes(base), SIZE);
    assertEquals(0, reader.next(new byte[ChunkTable.CHUNK_BYTES]));
    assertEquals(1, reader.index());
  }

  @Test
  void aBaseThatIsAnotherOneGivesOtherBytes() throws IOException {
    byte[] base = int8(0);
    byte[] target = int8(1e-3);
    byte[] difference = write(base, target);
    byte[] other = base.clone();
    other[5] ^= 1;
    DifferenceReader reader = new DifferenceReader(bytes(difference), bytes(other), SIZE);
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    reader.next(chunk);
    assertFalse(Arrays.equals(chunk, Arrays.copyOf(target, chunk.length)));
    reader.next(chunk);
    assertArrayEquals(
        Arrays.copyOfRange(target, chunk.length, 2 * chunk.length), chunk, "its neighbour");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void damageEndsInARefusalOrInOtherBytes(long seed) throws IOException {
    byte[] base = int8(0);
    byte[] difference = write(base, int8(1e-3));
    Random random = new Random(seed);
    for (int i = 0; i < 25; i++) {
      byte[] damaged = difference.clone();
      damaged[random.nextInt(400)] = (byte) random.nextInt();
      DifferenceReader reader =
          new DifferenceReader(
              bytes(Arrays.copyOf(damaged, random.nextInt(damaged.length))), bytes(base), SIZE);
      try {
        while (reader.index() < ChunkTable.count(SIZE)) {
          reader.next(new byte[ChunkTable.CHUNK_BYTES]);
        }
      } catch (RejectedException e) {
        assertEquals(FailureCode.MALFORMED_PAYLOAD, e.code());
      }
    }
  }

  @Test
  void aDifferenceThatEndsEarlyIsRefused() throws IOException {
    byte[] base = int8(0);
    byte[] difference = Arrays.copyOf(write(base, int8(1e-3)), 100);
    DifferenceReader reader = new DifferenceReader(bytes(difference), bytes(base), SIZE);
    assertThrows(RejectedException.class, () -> reader.next(new byte[ChunkTable.CHUNK_BYTES]));
  }

  private static byte[] assertMakes(byte[] base, byte[] target) throws IOException {
    byte[] difference = write(base, target);
    DifferenceReader reader = new DifferenceReader(bytes(difference), bytes(base), target.length);
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    while (reader.index() < ChunkTable.count(target.length)) {
      int from = (int) ChunkTable.offsetOf(reader.index());
      int length = reader.next(chunk);
      if (length > 0) {
        assertArrayEquals(
            Arrays.copyOfRange(target, from, from + length), Arrays.copyOf(chunk, length));
      }
    }
    return difference;
  }

  private static byte[] write(byte[] base, byte[] target) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DifferenceWriter writer = new DifferenceWriter(bytes(base), bytes(target));
    writer.isWorth();
    writer.write(out);
    return out.toByteArray();
  }

  private static Bytes bytes(byte[] all) {
    return new Bytes() {
      @Override
      public long sizeBytes() {
        return all.length;
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) {
        int read = (int) Math.max(0, Math.min(length, all.length - position));
        System.arraycopy(all, (int) Math.min(position, all.length), into, offset, read);
        return read;
      }
    };
  }
}
