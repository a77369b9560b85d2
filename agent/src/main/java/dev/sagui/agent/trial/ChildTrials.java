/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Trials in a {@link ChildJvm}, which offers itself first to the OOM killer. */
public final class ChildTrials implements Trials {
  private static final ChildJvm.Program PROGRAM =
      new ChildJvm.Program("trial", TrialMain.class, false);

  private final ChildJvm.Folders folders;
  private final Duration limit;
  private final LongSupplier nanoClock;

  /**
   * @param folder of the trial's files, made if need be
   * @param nativeFolder where the runtime's library was unpacked
   * @param limit after which a trial is ended
   */
  public ChildTrials(Path folder, Path nativeFolder, Duration limit, LongSupplier nanoClock) {
    this.folders = new ChildJvm.Folders(folder, nativeFolder);
    this.limit = limit;
    this.nanoClock = nanoClock;
  }

  @Override
  public Attempt begin(Candidate candidate) throws IOException, UnavailableException {
    ChildJvm jvm = ChildJvm.start(PROGRAM, folders, candidate.encode(), candidate.ramBudgetBytes());
    return new Child(jvm, nanoClock.getAsLong());
  }

  private final class Child implements Attempt {
    private final ChildJvm jvm;
    private final long startedNanos;

    Child(ChildJvm jvm, long startedNanos) {
      this.jvm = jvm;
      this.startedNanos = startedNanos;
    }

    @Override
    public Optional<Outcome> outcome() throws IOException {
      boolean late = nanoClock.getAsLong() - startedNanos >= limit.toNanos();
      return jvm.end(late, "its trial did not end in %d s".formatted(limit.toSeconds()))
          .map(Child::outcome);
    }

    private static Outcome outcome(ChildJvm.End end) {
      if (end.failure().isPresent()) {
        return Outcome.crashed(end.failure().get());
      }
      try {
        return Outcome.parse(end.said().orElseThrow());
      } catch (RejectedException e) {
        return Outcome.crashed(
            new Reported.Failure(FailureCode.MODEL_CRASHED, "its trial ended without a word"));
      }
    }

    @Override
    public void abandon() {
      jvm.kill();
    }
  }
}
