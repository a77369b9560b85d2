/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.List;

/** A search's front beside what a tool made: bytes, latency and quality at once. */
final class FitDuel {
  /** Of bytes and times: less is not told apart. */
  private static final double SAME = 1.02;

  private static final double SAME_DB = 0.2;

  private FitDuel() {}

  /** A variant of the front as it is judged. */
  record Judged(String name, QuantizeScores scores) {}

  /**
   * Beside stands the fastest that is worse in none, else the fastest that is as good, else the
   * fastest.
   *
   * @param front the fastest first
   */
  static Row row(String what, List<Judged> front, QuantizeScores theirs) {
    Judged ours =
        front.stream()
            .filter(each -> isWorseInNone(each.scores(), theirs))
            .findFirst()
            .or(() -> front.stream().filter(each -> isAsGood(each.scores(), theirs)).findFirst())
            .orElse(front.get(0));
    return Row.judged(
        what,
        ours.name() + ": " + ours.scores().text(),
        theirs.text(),
        List.of(
            Goal.atMost(ours.scores().percent(), SAME * theirs.percent(), "%.1f %%"),
            Goal.atMost(time(ours.scores()), SAME * time(theirs), "%.2f ×"),
            Goal.atLeast(ours.scores().sqnrDb(), theirs.sqnrDb() - SAME_DB, "%.1f dB"),
            Goal.atLeast(better(ours.scores(), theirs), 1, "better in %.0f")));
  }

  private static boolean isAsGood(QuantizeScores ours, QuantizeScores theirs) {
    return ours.sqnrDb() >= theirs.sqnrDb() - SAME_DB;
  }

  private static boolean isWorseInNone(QuantizeScores ours, QuantizeScores theirs) {
    return isAsGood(ours, theirs)
        && ours.percent() <= SAME * theirs.percent()
        && time(ours) <= SAME * time(theirs);
  }

  /** In how many of bytes, time and quality by more than is told apart. */
  private static int better(QuantizeScores ours, QuantizeScores theirs) {
    int bytes = SAME * ours.percent() < theirs.percent() ? 1 : 0;
    int time = SAME * time(ours) < time(theirs) ? 1 : 0;
    int quality = ours.sqnrDb() > theirs.sqnrDb() + SAME_DB ? 1 : 0;
    return bytes + time + quality;
  }

  private static double time(QuantizeScores scores) {
    return scores.latency().get(0);
  }
}
