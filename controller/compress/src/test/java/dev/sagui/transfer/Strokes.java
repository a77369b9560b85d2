/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Pictures of one thick line each, 28 x 28, as an IDX file. */
final class Strokes {
  private Strokes() {}

  static Path write(Path file, int count, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer bytes = ByteBuffer.allocate(16 + count * 784);
    bytes.putInt(0x803).putInt(count).putInt(28).putInt(28);
    for (int i = 0; i < count; i++) {
      draw(bytes, random.nextDouble(Math.PI), 10 + random.nextInt(8), 10 + random.nextInt(8));
    }
    return Files.write(file, bytes.array());
  }

  private static void draw(ByteBuffer bytes, double angle, int row, int column) {
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        double across = (x - column) * Math.sin(angle) - (y - row) * Math.cos(angle);
        double along = (x - column) * Math.cos(angle) + (y - row) * Math.sin(angle);
        bytes.put((byte) (Math.abs(across) < 2 && Math.abs(along) < 9 ? 255 : 0));
      }
    }
  }
}
