/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixHashTest {
  private final byte[] bytes = new byte[500_000];
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    new SplittableRandom(1).nextBytes(bytes);
    file = Files.write(folder.resolve("file"), bytes);
  }

  @Test
  void isTheDigestOfTheWholeHoweverItGrew() throws IOException {
    for (int step : new int[] {1_000, 122_880, 500_000}) {
      try (FileChannel channel = FileChannel.open(file);
          PrefixHash hash = new PrefixHash(channel)) {
        for (int end = step; end < bytes.length; end += step) {
          hash.reached(end);
        }
        assertEquals(Digest.of(bytes), hash.finish(bytes.length));
      }
    }
  }

  @Test
  void readsWhatLiesOnTheDiskAndNotWhatWasMeant() throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        PrefixHash hash = new PrefixHash(channel)) {
      channel.truncate(bytes.length - 1);
      assertThrows(IOException.class, () -> hash.finish(bytes.length));
    }
  }

  @Test
  void ofNothingIsTheDigestOfNothing() throws IOException {
    try (FileChannel channel = FileChannel.open(file);
        PrefixHash hash = new PrefixHash(channel)) {
      assertEquals(Digest.of(new byte[0]), hash.finish(0));
    }
  }

  @Test
  void letsGoOfTheFileWhenItIsNotWanted() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      PrefixHash hash = new PrefixHash(channel);
      hash.reached(bytes.length);
      hash.close();
    }
  }
}
