/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import dev.sagui.quality.signal.Fft;

/**
 * Power of a plane by spatial frequency, averaged over directions (Durall et al., CVPR 2020, "Watch
 * your up-convolution"): what upsampling leaves behind, such as a checkerboard, stands at the high
 * end, in the corners.
 *
 * <p>The mean is taken off and a Hann window put on, so that borders do not look like high
 * frequencies; white noise of variance v has power v everywhere. One size; not thread-safe.
 */
public final class RadialSpectrum {
  private final int height;
  private final int width;
  private final Fft rows;
  private final Fft columns;
  private final double[] window;
  private final double energy;

  public RadialSpectrum(int height, int width) {
    this.height = height;
    this.width = width;
    this.rows = new Fft(width);
    this.columns = new Fft(height);
    this.window = new double[height * width];
    double sum = 0;
    for (int i = 0; i < window.length; i++) {
      window[i] = hann(i / width, height) * hann(i % width, width);
      sum += window[i] * window[i];
    }
    this.energy = sum;
  }

  /** Never zero at the ends, so that a side of one pixel works too. */
  private static double hann(int at, int size) {
    return 0.5 - 0.5 * Math.cos(2 * Math.PI * (at + 0.5) / size);
  }

  /** Bins that {@link #of} gives: radius 1 to the corner's, which is 0.7 of the shorter side. */
  public int bins() {
    return (int) Math.max(1, Math.round(Math.min(height, width) * Math.hypot(0.5, 0.5)));
  }

  /** Mean power at each whole radius, in cycles along the shorter side. */
  public double[] of(float[] plane) {
    double mean = 0;
    for (float value : plane) {
      mean += value / plane.length;
    }
    double[] re = new double[plane.length];
    double[] im = new double[plane.length];
    for (int i = 0; i < plane.length; i++) {
      re[i] = (plane[i] - mean) * window[i];
    }
    transform(re, im, height, width, 1, rows);
    transform(re, im, width, 1, width, columns);
    return averaged(re, im);
  }

  /**
   * Transforms {@code count} lines, {@code apart} from start to start, in steps of {@code step}.
   */
  private static void transform(double[] re, double[] im, int count, int apart, int step, Fft fft) {
    double[] lineRe = new double[fft.size()];
    double[] lineIm = new double[fft.size()];
    for (int line = 0; line < count; line++) {
      for (int i = 0; i < fft.size(); i++) {
        lineRe[i] = re[line * apart + i * step];
        lineIm[i] = im[line * apart + i * step];
      }
      fft.transform(lineRe, lineIm);
      for (int i = 0; i < fft.size(); i++) {
        re[line * apart + i * step] = lineRe[i];
        im[line * apart + i * step] = lineIm[i];
      }
    }
  }

  private double[] averaged(double[] re, double[] im) {
    double[] power = new double[bins()];
    int[] count = new int[bins()];
    double side = Math.min(height, width);
    for (int i = 0; i < re.length; i++) {
      double fy = Math.min(i / width, height - i / width) / (double) height;
      double fx = Math.min(i % width, width - i % width) / (double) width;
      int radius = (int) Math.round(side * Math.hypot(fx, fy));
      if (radius > 0) {
        int bin = Math.min(radius, bins()) - 1;
        power[bin] += (re[i] * re[i] + im[i] * im[i]) / energy;
        count[bin]++;
      }
    }
    for (int bin = 0; bin < power.length; bin++) {
      power[bin] /= Math.max(1, count[bin]);
    }
    return power;
  }
}
