/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PaletteTest {
  @Test
  void fewValuesAreTheTable() throws IOException {
    float[] table = Palette.of(floats(1, -2, 1, 0.5f, 0.5f), ChannelLayout.ONE, one(), 4);
    assertArrayEquals(new float[] {-2, 0.5f, 1}, table, 1e-3f);
  }

  /** The means of halves and quarters, as four levels of a uniform distribution are known to be. */
  @Test
  void evenValuesGetAnEvenTable() throws IOException {
    float[] values = new float[4000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i + 0.5f) / 2000 - 1;
    }
    float[] table = Palette.of(floats(values), ChannelLayout.ONE, one(), 4);
    assertArrayEquals(new float[] {-0.75f, -0.25f, 0.25f, 0.75f}, table, 2e-3f);
  }

  /** Max, "Quantizing for minimum distortion", 1960, table I: 4 levels of a normal distribution. */
  @Test
  void normalValuesGetMaxsTable() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[100_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] table = Palette.of(floats(values), ChannelLayout.ONE, one(), 4);
    assertArrayEquals(new float[] {-1.51f, -0.4528f, 0.4528f, 1.51f}, table, 0.02f);
  }

  @Test
  void nearestEntryIsFound() {
    LevelGrid grid = LevelGrid.table(new float[] {-2, 0.5f, 1});
    assertEquals(0, grid.nearest(-9));
    assertEquals(1, grid.nearest(0.7));
    assertEquals(2, grid.nearest(0.8));
    assertEquals(1, grid.value(2));
  }

  @Test
  void indicesLieInPlanes() throws IOException {
    ChannelLayout layout = ChannelLayout.axis(List.of(1L, 8192L), 0);
    float[] values = new float[8192];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    Payload weight = floats(values);
    for (int bits = 2; bits <= 8; bits++) {
      long bytes = PaletteWeight.of(weight, layout, bits, NearestLevels.of(weight)).bytes();
      assertTrue(bytes <= 8192 * bits / 8 + 2 * (1 << bits), bits + " bits: " + bytes);
    }
  }

  @Test
  void bitsOfTheFirstElementAreTheLowest() throws IOException {
    Payload levels = Payload.of(ByteString.copyFrom(new byte[] {1, -1, 7, 7, -8}));
    PackedBits four = new PackedBits(levels, 0, 4);
    assertEquals(3, four.bytes());
    assertArrayEquals(new byte[] {(byte) 0xF1, 0x77, 0x08}, four.toByteString().toByteArray());
    byte[] two = new PackedBits(levels, 2, 2).toByteString().toByteArray();
    assertArrayEquals(new byte[] {0b01011100, 0b10}, two);
  }

  private static float[] one() {
    return new float[] {1};
  }

  private static Payload floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Payload.of(ByteString.copyFrom(bytes));
  }
}
