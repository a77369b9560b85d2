/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** Damage that knows nothing of the message. */
final class ByteMutations {
  static final Map<String, FuzzCorpus.ByteMutation> ALL =
      Map.of(
          "bytes cut", (b, r) -> Arrays.copyOf(b, r.nextInt(b.length)),
          "bytes one flipped", (b, r) -> flipped(b, r, 1),
          "bytes few flipped", (b, r) -> flipped(b, r, 8),
          "bytes head flipped", ByteMutations::headFlipped,
          "bytes spliced", ByteMutations::spliced,
          "bytes inserted", ByteMutations::inserted,
          "bytes twice", (b, r) -> joined(b, b),
          "bytes huge length", ByteMutations::hugeLength,
          "bytes garbage behind", (b, r) -> joined(b, random(r, 1 + r.nextInt(64))));

  private ByteMutations() {}

  private static byte[] flipped(byte[] bytes, Random random, int count) {
    byte[] out = bytes.clone();
    for (int i = 0; i < count; i++) {
      out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return out;
  }

  /** Where the graph is, in most files. */
  private static byte[] headFlipped(byte[] bytes, Random random) {
    byte[] out = bytes.clone();
    for (int i = 0; i < 3; i++) {
      out[random.nextInt(Math.min(400, out.length))] = (byte) random.nextInt(256);
    }
    return out;
  }

  private static byte[] spliced(byte[] bytes, Random random) {
    byte[] out = bytes.clone();
    int length = 1 + random.nextInt(Math.min(64, bytes.length));
    int from = random.nextInt(bytes.length - length + 1);
    int to = random.nextInt(bytes.length - length + 1);
    System.arraycopy(bytes, from, out, to, length);
    return out;
  }

  private static byte[] inserted(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    byte[] head = joined(Arrays.copyOf(bytes, at), random(random, 1 + random.nextInt(16)));
    return joined(head, Arrays.copyOfRange(bytes, at, bytes.length));
  }

  /** The length of a string that a field holds becomes 4 GB or more. */
  private static byte[] hugeLength(byte[] bytes, Random random) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = Math.max(1, text.indexOf("\n", random.nextInt(bytes.length)) + 1);
    byte[] length = new byte[5 + random.nextInt(5)];
    Arrays.fill(length, (byte) 0xff);
    length[length.length - 1] = 0x01;
    byte[] head = joined(Arrays.copyOf(bytes, Math.min(at, bytes.length)), length);
    return joined(head, Arrays.copyOfRange(bytes, Math.min(at + 1, bytes.length), bytes.length));
  }

  private static byte[] random(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] out = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, out, first.length, second.length);
    return out;
  }
}
