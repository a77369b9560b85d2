/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sagui.agent.engine.Engine;
import dev.sagui.agent.trial.ChildMemory;
import dev.sagui.device.BenchResult;
import dev.sagui.device.UnderLoad;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Runs two models in turn, one sample a run, until their ratio is known or time is up. */
final class Race implements AutoCloseable {
  private static final int WARM_UP = 3;
  private static final int MOST_ROUNDS = 20_000;

  /** Of the time, for requests that arrive by themselves. */
  private static final double LOADED = 0.3;

  /** Rounds between two looks at how well the ratio is known. */
  private static final int STRIDE = 12;

  private final Engine engine;
  private final Board board;
  private final Storage storage;
  private final LongSupplier nanoClock;
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Deque<Runner> open = new ArrayDeque<>();

  Race(Engine engine, Board board, Storage storage, LongSupplier nanoClock) {
    this.engine = engine;
    this.board = board;
    this.storage = storage;
    this.nanoClock = nanoClock;
  }

  /**
   * @throws dev.sagui.failure.RejectedException one of them does not load or run
   */
  BenchResult run(BenchTask task) throws IOException {
    long without = ChildMemory.peakBytes();
    Runner candidate = runner(task.candidate(), task.threads());
    double differs = candidate.differs();
    candidate.warmUp(WARM_UP);
    long peak = Math.max(0, ChildMemory.peakBytes() - without);
    Runner reference = runner(task.reference(), task.threads());
    reference.warmUp(WARM_UP);
    long throttles = board.throttles();
    long start = nanoClock.getAsLong();
    double share = task.rate() > 0 ? 1 - LOADED : 1;
    PairedTimes times = race(candidate, reference, start + (long) (1e9 * share * task.seconds()));
    double seconds = (nanoClock.getAsLong() - start) / 1e9;
    BenchResult.Times ours =
        times.candidate(candidate.loadMillis(), candidate.firstMillis(), candidate.cpuSeconds());
    Optional<UnderLoad> underLoad =
        task.rate() > 0 ? Optional.of(loaded(candidate, task)) : Optional.empty();
    return new BenchResult(
        engine.version(),
        ours,
        times.reference(reference.loadMillis(), reference.firstMillis(), reference.cpuSeconds()),
        times.ratio(),
        seconds,
        peak,
        differs,
        board.celsius(),
        board.isThrottledNow() || board.throttles() != throttles,
        underLoad,
        storage.gbs());
  }

  private UnderLoad loaded(Runner candidate, BenchTask task) {
    return new OpenLoop(nanoClock, LockSupport::parkNanos)
        .run(candidate::time, task.rate(), LOADED * task.seconds(), new Energy(board));
  }

  private Runner runner(BenchTask.Part part, int threads) throws IOException {
    Runner runner =
        Runner.open(
            engine, part, threads, new Runner.Clocks(nanoClock, process::getProcessCpuTime));
    open.push(runner);
    return runner;
  }

  /** Who goes first changes from round to round. */
  private PairedTimes race(Runner candidate, Runner reference, long endNanos) {
    PairedTimes times = new PairedTimes();
    boolean known = false;
    while (!known && times.rounds() < MOST_ROUNDS) {
      if (times.rounds() % 2 == 0) {
        long nanos = candidate.time();
        times.add(nanos, reference.time());
      } else {
        long nanos = reference.time();
        times.add(candidate.time(), nanos);
      }
      known =
          nanoClock.getAsLong() - endNanos >= 0
              || (times.rounds() % STRIDE == 0 && times.ratio().settled());
    }
    return times;
  }

  @Override
  public void close() {
    open.forEach(Runner::close);
  }
}
