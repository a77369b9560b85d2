/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.quality.Quality;
import java.util.Locale;

/** Quality in one line. */
final class QualityText {
  private QualityText() {}

  static String of(Quality quality) {
    if (quality.identical()) {
      return "identical on %d samples (%s)".formatted(quality.samples(), quality.data());
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "PSNR %.2f dB, SQNR %.2f dB", quality.psnrDb(), quality.sqnrDb()));
    quality.ssim().ifPresent(s -> text.append(String.format(Locale.ROOT, ", SSIM %.5f", s)));
    return text.append(
            String.format(
                Locale.ROOT,
                ", cosine %.6f on %d samples (%s)",
                quality.cosine(),
                quality.samples(),
                quality.data()))
        .toString();
  }
}
