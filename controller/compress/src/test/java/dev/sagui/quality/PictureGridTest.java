/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureGridTest {
  @TempDir Path folder;

  @Test
  void anotherDecoderReadsTheSamePixels() throws IOException {
    float[] values = new float[3 * 28 * 28];
    values[28 * 28 + 5 * 28 + 7] = 1; // second image, row 5, column 7
    PictureGrid grid = new PictureGrid();
    grid.add("A", Tensor.of("y", values, 3, 1, 28, 28));
    BufferedImage image = write(grid);
    int left = 2 + 58;
    int top = 2 + 24;
    assertEquals(0xFFFFFF, image.getRGB(left + 2 * 7, top + 2 * 5) & 0xFFFFFF);
    assertEquals(0, image.getRGB(left + 2 * 8, top + 2 * 5) & 0xFFFFFF);
  }

  @Test
  void colorsOfBothLayoutsAreAlike() throws IOException {
    float[] last = new float[64 * 64 * 3];
    float[] first = new float[3 * 64 * 64];
    for (int i = 0; i < 64 * 64; i++) {
      last[3 * i] = 255;
      first[i] = 255;
    }
    PictureGrid grid = new PictureGrid();
    grid.add("NHWC", Tensor.of("y", last, 1, 64, 64, 3));
    grid.add("NCHW", Tensor.of("y", first, 1, 3, 64, 64));
    BufferedImage image = write(grid);
    assertEquals(0xFF0000, image.getRGB(10, 40) & 0xFFFFFF);
    assertEquals(0xFF0000, image.getRGB(10, 24 + 64 + 4 + 40) & 0xFFFFFF);
  }

  @Test
  void titleIsDrawn() throws IOException {
    PictureGrid grid = new PictureGrid();
    grid.add("int8, 58.2 dB", Tensor.of("y", new float[28 * 28], 1, 1, 28, 28));
    BufferedImage image = write(grid);
    int ink = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < 24; y++) {
        ink += (image.getRGB(x, y) & 0xFFFFFF) == 0x222222 ? 1 : 0;
      }
    }
    assertTrue(ink > 200, "ink " + ink);
  }

  @Test
  void whatIsNoImageIsRefused() {
    assertThrows(
        RejectedException.class, () -> new PictureGrid().add("A", Tensor.of("y", new float[4], 4)));
  }

  private BufferedImage write(PictureGrid grid) throws IOException {
    Path file = folder.resolve("p.png");
    grid.write(file);
    return ImageIO.read(file.toFile());
  }
}
