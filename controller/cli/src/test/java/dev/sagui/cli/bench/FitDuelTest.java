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

class FitDuelTest {
  private static final QuantizeScores THEIRS = scores(28, 0.50, 40);
  private static final FitDuel.Judged ROUGH = judged("rough", 20, 0.30, 30);
  private static final FitDuel.Judged LARGE = judged("large", 40, 0.40, 42);
  private static final FitDuel.Judged EVEN = judged("even", 28.2, 0.45, 39.9);

  @Test
  void besideStandsTheFastestThatIsWorseInNone() {
    Row row = FitDuel.row("duel", List.of(ROUGH, LARGE, EVEN), THEIRS);
    assertTrue(row.ours().startsWith("even: "), row.ours());
    assertFalse(row.missed());
  }

  @Test
  void whereNoneIsTheRowSaysWhatIsMissed() {
    Row row = FitDuel.row("duel", List.of(ROUGH, LARGE), THEIRS);
    assertTrue(row.ours().startsWith("large: "), row.ours());
    assertTrue(row.targetText().startsWith("≤ 28.6 %, **missed**"), row.targetText());
  }

  @Test
  void asGoodInAllIsNotEnough() {
    Row row = FitDuel.row("duel", List.of(judged("same", 28, 0.50, 40)), THEIRS);
    assertTrue(row.missed());
    assertEquals(4, row.goals().size());
  }

  private static FitDuel.Judged judged(String name, double percent, double time, double sqnr) {
    return new FitDuel.Judged(name, scores(percent, time, sqnr));
  }

  private static QuantizeScores scores(double percent, double time, double sqnr) {
    return new QuantizeScores(
        percent, List.of(time), List.of(""), sqnr, QuantizeOwn.highest("PSNR", 50, ""));
  }
}
