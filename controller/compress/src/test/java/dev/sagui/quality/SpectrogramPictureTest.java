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

class SpectrogramPictureTest {
  private static final int STRIP = 24 + 160 + 4;

  @TempDir Path folder;

  @Test
  void toneIsBrightWhereItsFrequencyIs() throws IOException {
    BufferedImage image = picture(tone(0.03), tone(1));
    int middle = image.getWidth() / 2;
    assertTrue(brightest(image, middle, 0) > brightest(image, middle, STRIP), "low lies below");
    assertEquals(2 * STRIP + 4, image.getHeight());
  }

  @Test
  void silenceIsBlackAndMissingTimeIsWhite() throws IOException {
    BufferedImage image = picture(tone(0.03), new float[8000]);
    assertEquals(0x000004, image.getRGB(6, STRIP + 24 + 80) & 0xFFFFFF);
    assertEquals(0xFFFFFF, image.getRGB(300, STRIP + 24 + 80) & 0xFFFFFF);
  }

  @Test
  void nothingIsRefused() {
    SpectrogramPicture picture = new SpectrogramPicture(22_050);
    assertThrows(RejectedException.class, () -> picture.add("A", Tensor.of("y", new float[0], 0)));
  }

  private BufferedImage picture(float[] a, float[] b) throws IOException {
    SpectrogramPicture picture = new SpectrogramPicture(22_050);
    picture.add("A", Tensor.of("y", a, 1, a.length));
    picture.add("B", Tensor.of("y", b, 1, 1, b.length));
    Path file = folder.resolve("p.png");
    picture.write(file);
    return ImageIO.read(file.toFile());
  }

  /** The row of a strip in which the green of the colour scale is highest. */
  private static int brightest(BufferedImage image, int x, int top) {
    int best = 0;
    int level = -1;
    for (int y = 0; y < 160; y++) {
      int green = image.getRGB(x, top + 24 + y) >> 8 & 0xFF;
      if (green > level) {
        level = green;
        best = y;
      }
    }
    return best;
  }

  private static float[] tone(double step) {
    float[] wave = new float[22_050];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = (float) (0.5 * Math.sin(step * i));
    }
    return wave;
  }
}
