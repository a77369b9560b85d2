/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Pages of strokes as of writing, dark on light, and the same at half of their size. */
final class Pages {
  private Pages() {}

  /** Writes {@code FOLDER/pages} and {@code FOLDER/half}. */
  static void write(Path folder, int count, int side) throws IOException {
    Path whole = Files.createDirectory(folder.resolve("pages"));
    Path half = Files.createDirectory(folder.resolve("half"));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < count; i++) {
      String name = "%02d.png".formatted(i);
      BufferedImage page = page(side, random);
      ImageIO.write(page, "png", whole.resolve(name).toFile());
      ImageIO.write(halved(page), "png", half.resolve(name).toFile());
    }
  }

  private static BufferedImage page(int side, SplittableRandom random) {
    BufferedImage page = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D ink = page.createGraphics();
    ink.setColor(new Color(250, 250, 240));
    ink.fillRect(0, 0, side, side);
    ink.setColor(new Color(20, 20, 30));
    for (int y = 3; y + 9 < side; y += 13) {
      for (int x = 3; x + 9 < side; x += 11) {
        boolean tall = random.nextBoolean();
        ink.fillRect(x + random.nextInt(6), y, 3, 9);
        ink.fillRect(x, y + random.nextInt(6), 9, tall ? 5 : 3);
      }
    }
    ink.dispose();
    return page;
  }

  /** Each pixel the mean of four. */
  private static BufferedImage halved(BufferedImage page) {
    int side = page.getWidth() / 2;
    BufferedImage half = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int rgb = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
          int sum = 0;
          for (int i = 0; i < 4; i++) {
            sum += page.getRGB(2 * x + i % 2, 2 * y + i / 2) >> shift & 0xFF;
          }
          rgb |= (sum + 2) / 4 << shift;
        }
        half.setRGB(x, y, rgb);
      }
    }
    return half;
  }
}
