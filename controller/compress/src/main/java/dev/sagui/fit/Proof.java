/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures on a device what it may get: the best by estimate first, and on until the choice itself
 * was measured, three at most. What was measured corrects the estimates of the rest.
 */
final class Proof {
  private static final int MOST = 3;
  private static final double JOB_SECONDS = 8;

  private final DeviceBench bench;
  private final Path out;
  private final Progress progress;
  private final Limit limit;
  private final Map<String, String> unfit = new ConcurrentSkipListMap<>();

  /**
   * When no further measurement is begun.
   *
   * @param allowance seconds of all of the search
   */
  record Limit(Stint search, double allowance) {
    private boolean allows() {
      return search.seconds() + JOB_SECONDS <= allowance;
    }
  }

  /**
   * @param out has a folder for each variant
   */
  Proof(DeviceBench bench, Path out, Progress progress, Limit limit) {
    this.bench = bench;
    this.out = out;
    this.progress = (what, part) -> inTurn(progress, what, part);
    this.limit = limit;
  }

  private synchronized void inTurn(Progress all, String what, double part) {
    all.at(what, part);
  }

  /** About what measuring takes for so many profiles; 0 without devices. */
  double expectedSeconds(int profiles) {
    if (bench.equals(DeviceBench.NONE)) {
      return 0;
    }
    return bench.atOnce() ? JOB_SECONDS : profiles * JOB_SECONDS;
  }

  /** Variants that do not run on a device, and why. */
  Map<String, String> unfit() {
    return unfit;
  }

  /**
   * The choice for each device; those that measure by themselves do so at once.
   *
   * @param attempts the first is the model as it came
   * @param here this machine's times of them
   */
  List<Decision> of(
      List<Wish> wishes, HostTimes here, Preference preference, List<Attempt> attempts)
      throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(bench.atOnce() ? wishes.size() : 1, Proof::thread);
    try {
      List<Future<Decision>> running = new ArrayList<>();
      for (Wish wish : wishes) {
        DeviceTime estimated = new DeviceTime(wish.device(), here, bench.known(wish.device()));
        running.add(threads.submit(() -> kept(of(wish, estimated, preference, attempts))));
      }
      List<Decision> decisions = new ArrayList<>();
      for (Future<Decision> decision : running) {
        decisions.add(awaited(decision));
      }
      return decisions;
    } finally {
      threads.shutdownNow();
    }
  }

  /** What devices measured serves the next fit too. */
  private Decision kept(Decision decision) {
    DeviceTime time = decision.time();
    Optional<String> runtime =
        time.readings().values().stream().map(m -> m.result().runtime()).findFirst();
    runtime.ifPresent(
        version -> time.toKeep().ifPresent(model -> bench.keep(time.device(), version, model)));
    return decision;
  }

  private static Decision awaited(Future<Decision> decision) throws IOException {
    try {
      return decision.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the search was ended while devices measured");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a measurement failed: " + e.getCause(), e);
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "sagui-proof");
    thread.setDaemon(true);
    return thread;
  }

  private Decision of(
      Wish wish, DeviceTime estimated, Preference preference, List<Attempt> attempts)
      throws IOException {
    Attempt reference = attempts.get(0);
    List<Attempt> usable = new ArrayList<>(attempts);
    DeviceTime time = estimated;
    Decision decision = Decision.of(wish, time, preference, usable);
    for (int jobs = 0; jobs < MOST && time.source() != DeviceTime.Source.MEASURED; jobs++) {
      Attempt best = decision.best();
      if (time.measured(best).isPresent()) {
        return decision;
      }
      if (jobs > 0 && !limit.allows()) {
        return decision.noted("the time allowance was used up before it was measured");
      }
      progress.at("%s: on a device of %s".formatted(best.name(), wish.device().name()), 1);
      DeviceBench.Reading reading =
          bench.measure(wish.device(), reference.variant(out), best.variant(out), progress);
      if (reading.measured().isPresent()) {
        time = time.with(reference, best, reading.measured().get());
      } else if (reading.unfit() && !best.equals(reference)) {
        usable.remove(best);
        unfit.put("%s on %s".formatted(best.name(), wish.device().name()), reading.note());
      } else {
        return decision.noted(reading.note());
      }
      decision = Decision.of(wish, time, preference, usable);
    }
    return decision;
  }
}
