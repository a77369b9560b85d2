/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.run.DataSpec;
import dev.sagui.run.text.Utf8Bytes;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTextTest {
  @TempDir Path folder;
  private DataSpec spec = DataSpec.latents(0, 1);

  /** Characters that count, so that a token tells its place. */
  @BeforeEach
  void write() throws IOException {
    StringBuilder text = new StringBuilder();
    for (char i = 0; i < 100; i++) {
      text.append(i);
    }
    spec = DataSpec.parse("text:" + Files.writeString(folder.resolve("a.txt"), text));
  }

  private static Tensor longs(int rows, int length) {
    return new Tensor(
        "ids",
        DataType.INT64,
        List.of((long) rows, (long) length),
        ByteBuffer.allocate(rows * length * Long.BYTES));
  }

  @Test
  void theLastTenthIsHeldOut() throws IOException {
    List<TokenText> parts = TokenText.bytes(spec).split();
    assertEquals(90, parts.get(0).count());
    assertEquals(89, parts.get(0).at(89));
    assertEquals(10, parts.get(1).count());
    assertEquals(90, parts.get(1).at(0));
  }

  @Test
  void bytesAreTheTokensOfAModelWithoutATokenizer() throws IOException {
    Path file = Files.writeString(folder.resolve("b.txt"), "né");
    TokenText text = TokenText.of(DataSpec.parse("text:" + file), new Utf8Bytes());
    assertEquals(3, text.count());
    assertEquals(1.5, text.perCharacter());
    assertEquals(1, text.firstFrom(128).orElseThrow());
  }

  @Test
  void bothWaysOfReadingCountTheSameCharacters() throws IOException {
    Path file = Files.writeString(folder.resolve("c.txt"), "né\ud83d\ude00");
    DataSpec emoji = DataSpec.parse("text:" + file);
    assertEquals(7 / 3.0, TokenText.bytes(emoji).perCharacter());
    assertEquals(7 / 3.0, TokenText.of(emoji, new Utf8Bytes()).perCharacter());
  }

  @Test
  void windowsOfAnEpochOverlapNowhereAndAreFollowedByTheNextToken() throws IOException {
    TokenText text = TokenText.bytes(spec);
    TextWindows windows = new TextWindows(text, 8, 4, 5);
    Set<Long> seen = new TreeSet<>();
    int count = text.windows(8);
    for (int step = 0; step < count / 4; step++) {
      List<Tensor> into = List.of(longs(4, 8), longs(4, 8));
      windows.fill(step, 0, into);
      LongBuffer ids = into.get(0).data().asLongBuffer();
      LongBuffer next = into.get(1).data().asLongBuffer();
      for (int i = 0; i < 32; i++) {
        assertTrue(seen.add(ids.get(i)), "seen twice: " + ids.get(i));
        assertEquals(ids.get(i) + 1, next.get(i));
      }
    }
  }

  @Test
  void sameStepGivesTheSameWindowsHoweverItIsShared() throws IOException {
    TextWindows windows = new TextWindows(TokenText.bytes(spec), 8, 4, 5);
    List<Tensor> whole = List.of(longs(4, 8), longs(4, 8));
    windows.fill(7, 0, whole);
    List<Tensor> half = List.of(longs(2, 8), longs(2, 8));
    windows.fill(7, 1, half);
    assertEquals(
        whole.get(0).data().asLongBuffer().slice(16, 16), half.get(0).data().asLongBuffer());
  }
}
