/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures of bright squares on black, each in another place. */
final class Squares {
  private static final int MAGIC = 0x803;

  private Squares() {}

  /** An IDX file [count, side, side]. */
  static Path write(Path file, int count, int side) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer head = ByteBuffer.allocate(4 * Integer.BYTES);
    out.write(head.putInt(MAGIC).putInt(count).putInt(side).putInt(side).array());
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < side * side; i++) {
        int down = i / side - n % 8;
        int across = i % side - n / 10;
        out.write(down >= 0 && down < 8 && across >= 0 && across < 8 ? 230 : 10);
      }
    }
    return Files.write(file, out.toByteArray());
  }
}
