/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.agent.engine.Engine;
import dev.sagui.agent.engine.Session;
import dev.sagui.agent.engine.Trial;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Trials in this process; can be told to crash, to hang and to find no memory. */
public final class FakeTrials implements Trials {
  private final Engine engine;
  private final LongSupplier nanoClock;
  private int crashes;
  private int shortages;
  private boolean hangs;
  private int begun;
  private long modelBytes;

  public FakeTrials(Engine engine, LongSupplier nanoClock) {
    this.engine = engine;
    this.nanoClock = nanoClock;
  }

  /** The next {@code times} trials take their process down. */
  public void crash(int times) {
    crashes = times;
  }

  /** The next {@code times} trials find no memory to begin. */
  public void starve(int times) {
    shortages = times;
  }

  /** Whether trials end. */
  public void hang(boolean never) {
    hangs = never;
  }

  /** What the next models are said to take. */
  public void modelBytes(long bytes) {
    modelBytes = bytes;
  }

  /** Trials begun so far. */
  public int begun() {
    return begun;
  }

  @Override
  public Attempt begin(Candidate candidate) throws IOException, UnavailableException {
    if (shortages > 0) {
      shortages--;
      throw new UnavailableException("no process for a trial");
    }
    begun++;
    Outcome outcome = outcome(candidate);
    return new Attempt() {
      @Override
      public Optional<Outcome> outcome() {
        return hangs ? Optional.empty() : Optional.of(outcome);
      }

      @Override
      public void abandon() {
        // nothing runs
      }
    };
  }

  private Outcome outcome(Candidate candidate) throws IOException {
    if (crashes > 0) {
      crashes--;
      return Outcome.crashed(new Reported.Failure(FailureCode.MODEL_CRASHED, "it crashed"));
    }
    try (Session session =
        engine.open(
            candidate.folder(), candidate.entry(), candidate.inputs(), candidate.outputs(), 1)) {
      new Trial(nanoClock)
          .run(
              session,
              Files.readAllBytes(candidate.golden()),
              candidate.tolerance(),
              candidate.p95LimitMillis());
      return Outcome.passed(modelBytes);
    } catch (RejectedException e) {
      return Outcome.refused(new Reported.Failure(e.code(), String.valueOf(e.getMessage())));
    }
  }
}
