/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One PNG with the images of several models: a title and a grid for each, one below the other.
 *
 * <p>Values are shown by the nominal range of the first panel, so that all panels are alike.
 */
public final class PictureGrid {
  private static final int COLUMNS = 16;
  private static final int MAX_WIDTH = 1600;
  private static final int MIN_TILE = 56;
  private static final int GAP = 2;
  private static final int TITLE_HEIGHT = 24;

  private record Panel(String title, ImageLayout layout, float[] values) {}

  private final List<Panel> panels = new ArrayList<>();

  /**
   * @param images [N, C, H, W] or [N, H, W, C] with one or three channels
   * @throws RejectedException BAD_TENSOR for other shapes
   */
  public void add(String title, Tensor images) {
    ImageLayout layout =
        ImageLayout.of(images.shape())
            .orElseThrow(
                () ->
                    new RejectedException(
                        FailureCode.BAD_TENSOR,
                        "expected images as [N, 1|3, H, W] or [N, H, W, 1|3], got %s"
                            .formatted(images.shape())));
    panels.add(new Panel(title, layout, Numbers.of(images)));
  }

  /** Writes the picture; the file is replaced. */
  public void write(Path png) throws IOException {
    Files.write(png, encoded());
  }

  /** The picture as a PNG file has it. */
  public byte[] encoded() {
    if (panels.isEmpty()) {
      throw new IllegalStateException("a picture needs a panel; this is a bug");
    }
    int width = panels.stream().mapToInt(PictureGrid::width).max().orElse(1);
    int height = panels.stream().mapToInt(PictureGrid::height).sum() + GAP;
    PngCanvas canvas = new PngCanvas(width, height);
    NominalRange range = NominalRange.of(panels.get(0).values());
    int top = GAP;
    for (Panel panel : panels) {
      canvas.text(panel.title(), 2 * GAP, top + 5);
      draw(panel, canvas, top + TITLE_HEIGHT, range);
      top += height(panel);
    }
    return canvas.encode();
  }

  private static int scale(ImageLayout layout) {
    return Math.max(1, MIN_TILE / Math.max(layout.width(), layout.height()));
  }

  private static int columns(ImageLayout layout) {
    int fitting = MAX_WIDTH / (layout.width() * scale(layout) + GAP);
    return Math.max(1, Math.min(Math.min(COLUMNS, fitting), layout.images()));
  }

  private static int width(Panel panel) {
    ImageLayout layout = panel.layout();
    int tiles = columns(layout) * (layout.width() * scale(layout) + GAP) + GAP;
    return Math.max(tiles, PngCanvas.textWidth(panel.title()) + 4 * GAP);
  }

  private static int height(Panel panel) {
    ImageLayout layout = panel.layout();
    int rows = (layout.images() + columns(layout) - 1) / columns(layout);
    return TITLE_HEIGHT + rows * (layout.height() * scale(layout) + GAP) + GAP;
  }

  private static void draw(Panel panel, PngCanvas canvas, int top, NominalRange range) {
    ImageLayout layout = panel.layout();
    int scale = scale(layout);
    for (int image = 0; image < layout.images(); image++) {
      int left = GAP + image % columns(layout) * (layout.width() * scale + GAP);
      int down = top + image / columns(layout) * (layout.height() * scale + GAP);
      for (int y = 0; y < layout.height() * scale; y++) {
        for (int x = 0; x < layout.width() * scale; x++) {
          canvas.set(left + x, down + y, color(panel, image, y / scale, x / scale, range));
        }
      }
    }
  }

  private static int color(Panel panel, int image, int y, int x, NominalRange range) {
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      int channel = Math.min(c, panel.layout().channels() - 1);
      float value = panel.values()[panel.layout().index(image, channel, y, x)];
      double level = 255 * (value - range.low()) / range.peak();
      rgb = (rgb << 8) | (int) Math.max(0, Math.min(255, Math.round(level)));
    }
    return rgb;
  }
}
