/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricTest {
  @Test
  void namesAreThoseOfReports() {
    assertEquals(
        List.of(
            "psnr_db",
            "sqnr_db",
            "cosine",
            "ssim",
            "ms_ssim",
            "swd",
            "kid",
            "spectrum_distance",
            "diversity_ratio",
            "log_mel_l1",
            "log_mel_dtw",
            "mr_stft",
            "length_ratio",
            "pause_db",
            "pause_flatness",
            "kl",
            "kl_p999",
            "top1_agreement",
            "rms_delta_p",
            "perplexity",
            "perplexity_reference"),
        Arrays.stream(Metric.values()).map(Metric::key).toList());
  }

  @Test
  void decibelsAreFoundWithoutTheirUnit() {
    assertEquals(Optional.of(Metric.PSNR_DB), Metric.find("psnr"));
    assertEquals(Optional.of(Metric.PSNR_DB), Metric.find("psnr_db"));
    assertEquals(Optional.of(Metric.MS_SSIM), Metric.find("ms_ssim"));
    assertEquals(Optional.empty(), Metric.find("lpips"));
  }

  @Test
  void limitsHoldOnTheSideThatIsWorse() {
    assertTrue(Metric.PSNR_DB.meets(Double.POSITIVE_INFINITY, 40));
    assertFalse(Metric.PSNR_DB.meets(39.9, 40));
    assertTrue(Metric.KL.meets(0.01, 0.02));
    assertFalse(Metric.KL.meets(0.03, 0.02));
    assertTrue(Metric.LENGTH_RATIO.meets(1.05, 0.9));
    assertFalse(Metric.LENGTH_RATIO.meets(1.2, 0.9));
    assertFalse(Metric.LENGTH_RATIO.meets(0.8, 0.9));
    assertTrue(Metric.PAUSE_DB.meets(-2, 3));
    assertFalse(Metric.PAUSE_DB.meets(4, 3));
  }

  @Test
  void whatIsNoNumberMeetsNoLimit() {
    for (Metric metric : Metric.values()) {
      assertFalse(metric.meets(Double.NaN, 1), metric.key());
    }
  }
}
