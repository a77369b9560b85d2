/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.image.MsSsim;
import dev.sagui.quality.image.Ssim;
import dev.sagui.train.gradient.Emitter;

/**
 * The terms of structural similarity at each place of the window, [P, H', W'], as {@link Ssim} has
 * them.
 *
 * @param contrast the contrast · structure term
 * @param luminance the other one; SSIM is their product
 */
record Similarity(String contrast, String luminance, int places) {
  /** Of MS-SSIM, below which a term has no gradient: a root's slope at 0 has no bound. */
  private static final double LEAST = 1e-3;

  /**
   * @param x [P, H, W]
   * @param y as {@code x}
   */
  static Similarity of(Emitter e, String x, String y, int height, int width, double peak) {
    PlaneFilter window = PlaneFilter.gaussian(height, width);
    String mx = window.apply(e, x, height, width);
    String my = window.apply(e, y, height, width);
    String squares = e.add(e.multiply(x, x), e.multiply(y, y));
    String power = window.apply(e, squares, height, width);
    String product = window.apply(e, e.multiply(x, y), height, width);
    String meanSquares = e.add(e.multiply(mx, mx), e.multiply(my, my));
    String meanProduct = e.multiply(mx, my);
    String c1 = e.scalar(Ssim.luminanceConstant(peak));
    String c2 = e.scalar(Ssim.contrastConstant(peak));
    String covariance = e.multiply(e.subtract(product, meanProduct), 2);
    String variances = e.subtract(power, meanSquares);
    int lost = window.taps().length - 1;
    return new Similarity(
        e.divide(e.add(covariance, c2), e.add(variances, c2)),
        e.divide(e.add(e.multiply(meanProduct, 2), c1), e.add(meanSquares, c1)),
        (height - lost) * (width - lost));
  }

  /** SSIM at each place. */
  String ssim(Emitter emit) {
    return emit.multiply(contrast, luminance);
  }

  /** 1 − SSIM, mean over all windows, channels and pictures. */
  static String ssimLoss(Emitter emit, Pair pair) {
    Planes planes = Planes.of("ssim", pair);
    String x = planes.split(emit, pair.output());
    String y = planes.split(emit, pair.target());
    Similarity terms = of(emit, x, y, planes.height(), planes.width(), pair.peak());
    return emit.subtract(emit.scalar(1), emit.mean(terms.ssim(emit)));
  }

  /** 1 − MS-SSIM of each channel, mean over channels and pictures; see {@link MsSsim}. */
  static String msSsimLoss(Emitter emit, Pair pair) {
    Planes planes = Planes.of("ms-ssim", pair);
    double[] powers = MsSsim.powers(planes.height(), planes.width());
    String x = planes.split(emit, pair.output());
    String y = planes.split(emit, pair.target());
    String product = "";
    for (int i = 0; i < powers.length; i++) {
      int height = planes.height() >> i;
      int width = planes.width() >> i;
      Similarity terms = of(emit, x, y, height, width, pair.peak());
      boolean coarsest = i == powers.length - 1;
      String term = terms.ofPlanes(emit, coarsest ? terms.ssim(emit) : terms.contrast());
      String root = emit.node("Pow", emit.atLeast(term, LEAST), emit.scalar(powers[i]));
      product = i == 0 ? root : emit.multiply(product, root);
      if (!coarsest) {
        x = PlaneFilter.halves().apply(emit, x, height, width);
        y = PlaneFilter.halves().apply(emit, y, height, width);
      }
    }
    return emit.subtract(emit.scalar(1), emit.mean(product));
  }

  /** The mean of each plane. */
  private String ofPlanes(Emitter emit, String map) {
    return emit.multiply(emit.sum(map, false, 1, 2), 1.0 / places);
  }
}
