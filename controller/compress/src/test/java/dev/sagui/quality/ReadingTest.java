/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingTest {
  @ParameterizedTest
  @CsvSource({
    "PSNR_DB, 60, 10, next to no difference",
    "PSNR_DB, 34, 10, 'a slight difference, 6.3 % of the way to unrelated outputs'",
    "PSNR_DB, 10, 10, as far as unrelated outputs are",
    "SSIM, 1, 0.5, no difference",
    "SSIM, 0.999, 0.5, next to no difference",
    "SSIM, 0.8, 0.5, 'a plain difference, 40 % of the way to unrelated outputs'",
    "KL, 0.01, 2, next to no difference",
    "PAUSE_DB, -3, 30, pauses are 3.0 dB quieter",
    "PAUSE_DB, 0.4, 30, pauses are as quiet",
    "PAUSE_FLATNESS, 0.2, 0.3, pauses are nearer to hiss",
    "PAUSE_FLATNESS, -0.2, 0.3, pauses are nearer to a tone",
    "RMS_DELTA_P, 0.02, 0.1, 'a plain difference, 20 % of the way to unrelated outputs'",
    "SWD, 0.01, 0.02, no difference beyond chance",
    "SWD, 0.04, 0.02, 'a slight difference, 2.0 times what chance gives'",
    "KID, 0.4, 0.02, 'a plain difference, 20.0 times what chance gives'",
    "KID, -0.001, 0.02, no difference beyond chance",
    "DIVERSITY_RATIO, 0.95, 0.9, 'as varied as A, within chance'",
    "DIVERSITY_RATIO, 0.5, 0.9, less varied than A",
    "DIVERSITY_RATIO, 1.5, 0.9, more varied than A",
    "LENGTH_RATIO, 1.02, 1.1, 2.00 % longer",
    "LENGTH_RATIO, 1, 1.1, as long",
    "SSIM, NaN, 0.5, not a number: the outputs are broken",
  })
  void valuesAreReadAgainstTheirScale(Metric metric, double value, double scale, String words) {
    assertEquals(words, Reading.of(metric, quality(Map.of(metric, value), Map.of(metric, scale))));
  }

  @Test
  void perplexityIsReadAgainstTheReferences() {
    Quality quality =
        quality(Map.of(Metric.PERPLEXITY, 21.0, Metric.PERPLEXITY_REFERENCE, 20.0), Map.of());
    assertEquals("1.050 times A's", Reading.of(Metric.PERPLEXITY, quality));
  }

  @Test
  void noiseRatioSaysLittleOfSound() {
    Quality quality =
        new Quality(
            ModelKind.AUDIO,
            false,
            Map.of(Metric.SQNR_DB, 0.0, Metric.LENGTH_RATIO, 0.99, Metric.LOG_MEL_DTW, 0.01),
            0,
            1,
            4,
            "",
            new NullScale(Map.of(Metric.SQNR_DB, -3.0, Metric.LOG_MEL_DTW, 2.0)));
    assertTrue(Reading.of(Metric.SQNR_DB, quality).contains("phase"));
    assertTrue(Reading.summary(quality).contains("log_mel_dtw"), Reading.summary(quality));
  }

  @Test
  void withoutAScaleThereAreNoWords() {
    for (Metric metric : new Metric[] {Metric.SSIM, Metric.KID, Metric.DIVERSITY_RATIO}) {
      assertEquals("", Reading.of(metric, quality(Map.of(metric, 0.9), Map.of())));
    }
  }

  @Test
  void summaryNamesBothSides() {
    Quality quality =
        quality(
            Map.of(Metric.SSIM, 0.9999, Metric.SWD, 0.01),
            Map.of(Metric.SSIM, 0.5, Metric.SWD, 0.02));
    assertEquals(
        "B against A, output by output (ssim): next to no difference; as a set (swd): no"
            + " difference beyond chance.",
        Reading.summary(quality));
    assertTrue(
        Reading.summary(new Quality(ModelKind.VECTOR, true, Map.of(), 0, 1, 1, "", NullScale.NONE))
            .contains("to the bit"));
  }

  private static Quality quality(Map<Metric, Double> values, Map<Metric, Double> scale) {
    return new Quality(ModelKind.IMAGE, false, values, 0, 1, 4, "", new NullScale(scale));
  }
}
