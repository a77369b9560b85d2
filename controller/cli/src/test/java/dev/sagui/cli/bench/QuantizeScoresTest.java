/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class QuantizeScoresTest {
  private static final QuantizeScores OURS = scores(28.04, 0.5, 41);

  @Test
  void showsAllNumbersInOneCell() {
    assertEquals("28.0 %, 0.50 ×, 0.40 × at batch 16, 41.0 dB, PSNR 50.0", OURS.text());
  }

  @Test
  void holdsEachNumberAgainstItsOwnLimit() {
    QuantizeTargets targets = QuantizeTargets.size(28).latency(0.52, 0.39).sqnr(40).own(50);
    Row row = Row.judged("a", OURS.text(), Row.NONE, targets.held(OURS));
    assertEquals(
        "≤ 28.0 %, met; ≤ 0.52 ×, met; ≤ 0.39 ×, **missed**; ≥ 40.0 dB, met; PSNR ≥ 50.0, met",
        row.targetText());
    assertTrue(row.missed());
    assertEquals("", row.ratioText());
  }

  @Test
  void missesAQualityThatIsNoNumber() {
    assertFalse(QuantizeTargets.NONE.sqnr(40).held(scores(28, 0.5, Double.NaN)).get(0).met());
  }

  @Test
  void rivalsOnlyWhatIsAsLargeAndAsFastAndNotBroken() {
    assertTrue(scores(29, 0.51, 30).rivals(OURS));
    assertFalse(scores(32, 0.5, 30).rivals(OURS));
    assertFalse(scores(28, 0.6, 30).rivals(OURS));
    assertFalse(scores(28, 0.5, 9).rivals(OURS));
  }

  private static QuantizeScores scores(double percent, double latency, double sqnr) {
    return new QuantizeScores(
        percent,
        List.of(latency, 0.4),
        List.of("", "at batch 16"),
        sqnr,
        QuantizeOwn.highest("PSNR", 50, "PSNR 50.0"));
  }
}
