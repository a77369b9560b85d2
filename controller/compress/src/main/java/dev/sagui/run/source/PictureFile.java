/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;

/**
 * Decodes a PNG or JPEG file: grey pictures as one channel with their own levels, others as sRGB
 * over white. Turning by EXIF is not applied.
 */
final class PictureFile {
  private static final long MAX_PIXELS = 25_000_000;

  private PictureFile() {}

  static Picture read(Path file) {
    try (FileImageInputStream in = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw BadData.of("expected a PNG or JPEG picture in %s, found other bytes".formatted(file));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw BadData.of(
              "%s declares %,d pixels, at most %,d are decoded; make it smaller"
                  .formatted(file, pixels, MAX_PIXELS));
        }
        BufferedImage image = reader.read(0);
        if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
          throw BadData.of(
              "%s is a CMYK picture, expected grey or RGB; convert it".formatted(file));
        }
        return picture(image);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      IOException reason = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
      throw BadData.unreadable(file, "a PNG or JPEG picture", reason);
    }
  }

  private static Picture picture(BufferedImage image) {
    boolean indexed = image.getColorModel() instanceof IndexColorModel;
    return !indexed && image.getColorModel().getNumColorComponents() == 1
        ? grey(image)
        : colour(image);
  }

  /** From the raster: the colour model would bend grey levels by a gamma curve. */
  private static Picture grey(BufferedImage image) {
    Raster raster = image.getRaster();
    float scale = 255f / ((1 << raster.getSampleModel().getSampleSize(0)) - 1);
    int height = image.getHeight();
    int width = image.getWidth();
    float[] levels = new float[height * width];
    boolean alpha = raster.getNumBands() > 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float level = raster.getSample(x, y, 0) * scale;
        float cover = alpha ? raster.getSample(x, y, 1) * scale / 255 : 1;
        levels[y * width + x] = cover * level + (1 - cover) * 255;
      }
    }
    return new Picture(height, width, 1, levels);
  }

  private static Picture colour(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    float[] levels = new float[3 * height * width];
    int[] line = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, line, 0, width);
      for (int argb : line) {
        float cover = (argb >>> 24) / 255f;
        for (int shift = 16; shift >= 0; shift -= 8) {
          levels[at++] = cover * ((argb >>> shift) & 0xFF) + (1 - cover) * 255;
        }
      }
    }
    return new Picture(height, width, 3, levels);
  }
}
