/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.awt.image.BufferedImage;

/** Pictures as models take them, one a tensor. */
final class QuantizePixels {
  /** Of ImageNet, which PP-OCR's detector was trained with. */
  static final double[] MEAN = {0.485, 0.456, 0.406};

  static final double[] DEVIATION = {0.229, 0.224, 0.225};

  /** −1..1. */
  static final double[] HALF = {0.5, 0.5, 0.5};

  private QuantizePixels() {}

  /** [1, H, W, 3] of 0..255. */
  static Tensor rows(String name, BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    float[] values = new float[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      for (int c = 0; c < 3; c++) {
        values[3 * i + c] = level(image, i, c);
      }
    }
    return Tensor.of(name, values, 1, height, width, 3);
  }

  /** [1, 3, H, W] of (level / 255 − mean) / deviation, each by channel. */
  static Tensor planes(String name, BufferedImage image, double[] mean, double[] deviation) {
    int pixels = image.getWidth() * image.getHeight();
    float[] values = new float[3 * pixels];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < pixels; i++) {
        values[c * pixels + i] = (float) ((level(image, i, c) / 255 - mean[c]) / deviation[c]);
      }
    }
    return Tensor.of(name, values, 1, 3, image.getHeight(), image.getWidth());
  }

  private static float level(BufferedImage image, int pixel, int channel) {
    int rgb = image.getRGB(pixel % image.getWidth(), pixel / image.getWidth());
    return rgb >> (16 - 8 * channel) & 0xff;
  }
}
