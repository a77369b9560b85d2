/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.image.MsSsim;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** SSIM and MS-SSIM of each channel of each picture, averaged. */
final class ImagePairs implements PairedJudge {
  private final double peak;
  private double ssim;
  private double msSsim;
  private long planes;

  ImagePairs(double peak) {
    this.peak = peak;
  }

  @Override
  public void add(List<Tensor> inputs, Values reference, Values candidate) {
    ImageLayout.of(reference.shape()).ifPresent(layout -> add(layout, reference, candidate));
  }

  private void add(ImageLayout layout, Values reference, Values candidate) {
    int height = layout.height();
    int width = layout.width();
    for (int image = 0; image < layout.images(); image++) {
      for (int channel = 0; channel < layout.channels(); channel++) {
        float[] a = layout.plane(reference.elements(), image, channel);
        float[] b = layout.plane(candidate.elements(), image, channel);
        MsSsim similarity = MsSsim.of(a, b, height, width, peak);
        ssim += similarity.ssim();
        msSsim += similarity.value();
        planes++;
      }
    }
  }

  @Override
  public void into(Map<Metric, Double> metrics) {
    if (planes > 0) {
      metrics.put(Metric.SSIM, ssim / planes);
      metrics.put(Metric.MS_SSIM, msSsim / planes);
    }
  }
}
