/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.agent.trial.ChildJvm;
import dev.sagui.device.BenchResult;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import dev.sagui.wire.BenchReport.Outcome;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Benches in a {@link ChildJvm}, which gives way to what serves. */
public final class ChildBenches implements Benches {
  /** For a JVM to start and two models to load, beside the time that the runs may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final ChildJvm.Program PROGRAM =
      new ChildJvm.Program("bench", BenchMain.class, true);

  private final ChildJvm.Folders folders;
  private final LongSupplier nanoClock;

  /**
   * @param folder of the bench's files, made if need be
   * @param nativeFolder where the runtime's library was unpacked
   */
  public ChildBenches(Path folder, Path nativeFolder, LongSupplier nanoClock) {
    this.folders = new ChildJvm.Folders(folder, nativeFolder);
    this.nanoClock = nanoClock;
  }

  @Override
  public Run begin(BenchTask task) throws IOException, UnavailableException {
    ChildJvm jvm = ChildJvm.start(PROGRAM, folders, task.encode(), task.modelBytes());
    Duration limit = PATIENCE.plusMillis((long) (1_000 * task.seconds()));
    return new Child(jvm, limit, nanoClock.getAsLong() + limit.toNanos());
  }

  private final class Child implements Run {
    private final ChildJvm jvm;
    private final Duration limit;
    private final long endNanos;

    Child(ChildJvm jvm, Duration limit, long endNanos) {
      this.jvm = jvm;
      this.limit = limit;
      this.endNanos = endNanos;
    }

    @Override
    public Optional<Outcome> outcome() throws IOException {
      boolean late = nanoClock.getAsLong() - endNanos >= 0;
      if (late && jvm.process().isAlive() && !hasRun()) {
        jvm.kill();
        return Optional.of(Outcome.interrupted("other programs left no processor for it"));
      }
      return jvm.end(late, "its bench did not end in time").map(Child::outcome);
    }

    /** Whether it had a processor for half of the time: it gets none that others want. */
    private boolean hasRun() {
      Duration ran = jvm.process().info().totalCpuDuration().orElse(limit);
      return ran.multipliedBy(2).compareTo(limit) >= 0;
    }

    private static Outcome outcome(ChildJvm.End end) {
      if (end.failure().isPresent()) {
        return Outcome.failed(end.failure().get());
      }
      try {
        Fields f = Fields.parse(end.said().orElseThrow());
        return f.has("failure")
            ? Outcome.failed(Reported.Failure.parse(f.object("failure")))
            : Outcome.measured(BenchResult.parse(f.object("result")));
      } catch (RejectedException e) {
        return Outcome.failed(
            new Reported.Failure(
                FailureCode.MODEL_CRASHED, "its bench ended without a usable word"));
      }
    }

    @Override
    public void freeze() {
      jvm.freeze();
    }

    @Override
    public void abandon() {
      jvm.kill();
    }
  }
}
