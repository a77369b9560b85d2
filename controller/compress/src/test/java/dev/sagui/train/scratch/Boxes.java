/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Pictures of a bright box on black, each at another place and of another size, as an IDX file. */
final class Boxes {
  private Boxes() {}

  static Path write(Path file, int count, int side, long seed) throws IOException {
    Random random = new Random(seed);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(side).putInt(side).array());
      for (int i = 0; i < count; i++) {
        out.write(box(random, side));
      }
    }
    return file;
  }

  private static byte[] box(Random random, int side) {
    byte[] picture = new byte[side * side];
    int height = side / 4 + random.nextInt(side / 4);
    int width = side / 4 + random.nextInt(side / 4);
    int top = random.nextInt(side - height);
    int left = random.nextInt(side - width);
    int level = 160 + random.nextInt(90);
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        picture[y * side + x] = (byte) level;
      }
    }
    return picture;
  }
}
