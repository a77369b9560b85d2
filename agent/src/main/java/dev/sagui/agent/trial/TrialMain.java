/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.agent.engine.OrtEngine;
import dev.sagui.agent.engine.Session;
import dev.sagui.agent.engine.Trial;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A trial's process: reads a candidate from its input, runs it, writes the outcome as one line.
 * Anything but exit code 0 means that it did not come to an end.
 */
final class TrialMain {
  private TrialMain() {}

  public static void main(String[] args) throws IOException {
    ChildMemory.offerToTheOomKiller();
    Orphan.endsWithItsParent();
    Candidate candidate = Candidate.parse(System.in.readAllBytes());
    Outcome outcome;
    try {
      outcome = run(candidate, new OrtEngine(Path.of(args[0])));
    } catch (RejectedException e) {
      outcome = Outcome.refused(ChildMemory.failure(e));
    }
    System.out.writeBytes(outcome.encode());
    System.out.flush();
    Runtime.getRuntime()
        .halt(0); // the verdict is out: nothing that a native library does at exit counts
  }

  private static Outcome run(Candidate candidate, OrtEngine engine) throws IOException {
    engine.load();
    long before = ChildMemory.peakBytes();
    try (Session session =
        engine.open(
            candidate.folder(),
            candidate.entry(),
            candidate.inputs(),
            candidate.outputs(),
            candidate.threads())) {
      byte[] golden = Files.readAllBytes(candidate.golden());
      new Trial(System::nanoTime)
          .run(session, golden, candidate.tolerance(), candidate.p95LimitMillis());
    }
    long peak = ChildMemory.peakBytes();
    if (peak > candidate.ramBudgetBytes()) {
      throw new RejectedException(
          FailureCode.OVER_RAM_BUDGET,
          "a process that serves it takes %d bytes of memory, the budget is %d"
              .formatted(peak, candidate.ramBudgetBytes()));
    }
    return Outcome.passed(Math.max(0, peak - before));
  }
}
