/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.folder.RunWatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingToldTest {
  private final List<String> told = new ArrayList<>();

  @Test
  void tellsTheTimeLeftByThePaceSinceItWentOn() {
    Deque<Long> nanos = new ArrayDeque<>(List.of(5_000_000_000L, 9_000_000_000L));
    TrainingTold watch =
        new TrainingTold(TrainingVerb.TRANSFER, (what, part) -> told.add(what), nanos::remove);
    watch.at(new RunWatch.Now(100, 400, 0.5, 0.001));
    watch.at(new RunWatch.Now(200, 400, 0.25, 0.001));
    assertEquals(
        List.of(
            "transfer: step 100 of 400, loss 0.5000, rate 0.0010",
            "transfer: step 200 of 400, loss 0.2500, rate 0.0010, 8 s left"),
        told);
  }

  @Test
  void tellsNoTimeWhileThePaceIsNotKnown() {
    TrainingTold watch =
        new TrainingTold(TrainingVerb.TRAIN, (what, part) -> told.add(what + " " + part), () -> 0);
    watch.at(new RunWatch.Now(3, LoopOptions.UNPLANNED, 1, 0.1));
    assertEquals(List.of("train: step 3, loss 1.000, rate 0.10 0.0"), told);
  }
}
