/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.audio.LogMel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One PNG with log-mel spectrograms of several models' waves: of each wave, one model below the
 * other; time to the right, low frequencies at the bottom, the same colours for the same level.
 */
public final class SpectrogramPicture {
  private static final int WAVES = 4;
  private static final int MAX_WIDTH = 1600;
  private static final int MIN_WIDTH = 320;
  private static final int BANDS = 80;
  private static final int PIXELS_PER_BAND = 2;
  private static final int TITLE_HEIGHT = 24;
  private static final int GAP = 4;
  private static final double SILENCE = Math.log(1e-5);
  // black, violet, red, orange, pale yellow: brightness grows evenly
  private static final int[] COLORS = {0x000004, 0x51127C, 0xB73779, 0xFC8961, 0xFCFDBF};

  private record Strip(String title, double[][] frames) {}

  private final LogMel mel;
  private final List<List<Strip>> waves = new ArrayList<>();

  /**
   * @param sampleRate hertz
   */
  public SpectrogramPicture(double sampleRate) {
    this.mel = new LogMel(sampleRate);
  }

  /**
   * Adds a model's first four waves.
   *
   * @param batch [N, T], [N, 1, T], [N, 1, 1, T] or [T]
   * @throws RejectedException BAD_TENSOR when there is nothing in it
   */
  public void add(String title, Tensor batch) {
    Values values = Values.of(batch);
    Waves reader = Waves.of(NominalRange.of(values.elements()));
    int count = Math.min(WAVES, Waves.count(values));
    if (count == 0) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR, "expected waves, got %s".formatted(batch.shape()));
    }
    for (int i = 0; i < count; i++) {
      if (waves.size() <= i) {
        waves.add(new ArrayList<>());
      }
      float[] wave = reader.wave(values, i, Waves.length(batch.shape()));
      waves.get(i).add(new Strip("%d: %s".formatted(i + 1, title), mel.of(wave)));
    }
  }

  /** Writes the picture; the file is replaced. */
  public void write(Path png) throws IOException {
    Files.write(png, encoded());
  }

  /** The picture as a PNG file has it. */
  public byte[] encoded() {
    List<Strip> strips = waves.stream().flatMap(List::stream).toList();
    if (strips.isEmpty()) {
      throw new IllegalStateException("a picture needs a wave; this is a bug");
    }
    int longest = strips.stream().mapToInt(strip -> strip.frames().length).max().orElse(1);
    int wide = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, 2 * longest));
    int titles = strips.stream().mapToInt(s -> PngCanvas.textWidth(s.title())).max().orElse(0);
    int stripHeight = TITLE_HEIGHT + BANDS * PIXELS_PER_BAND + GAP;
    PngCanvas canvas =
        new PngCanvas(Math.max(wide, titles) + 2 * GAP, strips.size() * stripHeight + GAP);
    double loudest = loudest(strips.get(0).frames());
    for (int i = 0; i < strips.size(); i++) {
      canvas.text(strips.get(i).title(), GAP, i * stripHeight + GAP + 3);
      draw(strips.get(i).frames(), canvas, i * stripHeight + TITLE_HEIGHT, wide, longest, loudest);
    }
    return canvas.encode();
  }

  private static double loudest(double[][] frames) {
    double loudest = SILENCE + 1;
    for (double[] frame : frames) {
      for (double value : frame) {
        loudest = Math.max(loudest, value);
      }
    }
    return loudest;
  }

  private static void draw(
      double[][] frames, PngCanvas canvas, int top, int wide, int longest, double loudest) {
    int height = BANDS * PIXELS_PER_BAND;
    for (int x = 0; x < wide; x++) {
      int frame = (int) ((long) x * longest / wide);
      for (int y = 0; y < height && frame < frames.length; y++) {
        double value = frames[frame][BANDS - 1 - y / PIXELS_PER_BAND];
        canvas.set(GAP + x, top + y, color((value - SILENCE) / (loudest - SILENCE)));
      }
    }
  }

  /** Between the colours, for 0 to 1. */
  private static int color(double level) {
    double at = Math.max(0, Math.min(1, level)) * (COLORS.length - 1);
    int low = Math.min((int) at, COLORS.length - 2);
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = COLORS[low] >> shift & 0xFF;
      int b = COLORS[low + 1] >> shift & 0xFF;
      rgb |= (int) Math.round(a + (at - low) * (b - a)) << shift;
    }
    return rgb;
  }
}
