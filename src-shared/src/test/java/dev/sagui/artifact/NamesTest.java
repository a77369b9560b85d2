/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @Test
  void digestIsTheSha256OfTheBytes() {
    // FIPS 180-2, appendix B.1
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        Digest.of("abc".getBytes(StandardCharsets.US_ASCII)).hex());
  }

  @Test
  void digestSurvivesItsRawForm() {
    Digest digest = Digest.of(new byte[] {1});
    assertEquals(digest, Digest.ofRaw(digest.raw()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "BA7816BF", "../../../etc/passwd"})
  void refusesWhatIsNoDigest(String text) {
    assertThrows(IllegalArgumentException.class, () -> new Digest(text));
  }

  @ParameterizedTest
  @ValueSource(chars = {'g', 'A', '/', ':', '`', '\u0660'})
  void refusesADigestWithOneOtherCharacter(char other) {
    assertThrows(IllegalArgumentException.class, () -> new Digest("0".repeat(63) + other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".hidden", "Upper", "a/b", "a b", "../x", "é"})
  void refusesNamesThatAreUnsafeInPaths(String text) {
    assertThrows(IllegalArgumentException.class, () -> new ArtifactName(text));
  }

  @Test
  void bitmapPutsChunkNineIntoTheSecondByte() {
    ChunkSet set = ChunkSet.of(0, 9);
    assertArrayEquals(new byte[] {1, 2}, set.bitmap());
    assertEquals(set, ChunkSet.parse(set.bitmap()));
    assertTrue(set.contains(9));
    assertFalse(set.contains(8));
  }

  @Test
  void firstTakesTheLowestIndices() {
    assertEquals(ChunkSet.of(0, 1, 2), ChunkSet.all(10).first(3));
    assertEquals(2, ChunkSet.of(3, 5).first(16).size());
  }
}
