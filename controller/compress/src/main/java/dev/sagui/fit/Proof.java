/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.DoubleStream;

/**
 * Measures on devices what each profile may get: the best by estimate first, beside it as many of
 * its rivals as devices of the profile are idle, and on until the choice itself was measured, in
 * three rounds at most. What was measured corrects the estimates of the rest.
 */
final class Proof {
  private static final int MOST_ROUNDS = 3;

  /** Of both models, without which no ratio is known: warm-ups, and a dozen in turn. */
  private static final int LEAST_RUNS = 32;

  private final DeviceBench bench;
  private final Path out;
  private final Progress progress;
  private final Limit limit;
  private final Map<String, String> unfit = new ConcurrentSkipListMap<>();

  /**
   * After which no measurement is of use.
   *
   * @param allowance seconds of all of the search
   */
  record Limit(Stint search, double allowance) {
    private double leftSeconds() {
      return allowance - search.seconds();
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

  /**
   * About what the first measurement of each profile takes; 0 without devices.
   *
   * @param reference the model as it came
   * @param here this machine's time of it
   */
  double expectedSeconds(List<Wish> wishes, Attempt reference, HostTimes here) {
    if (bench.equals(DeviceBench.NONE)) {
      return 0;
    }
    DoubleStream jobs =
        wishes.stream()
            .map(wish -> estimated(wish, here))
            .mapToDouble(time -> bench.usualRuns().toSeconds() + leastSeconds(time, reference));
    return bench.atOnce() ? jobs.max().orElse(0) : jobs.sum();
  }

  /** As the device's speeds foretell it. */
  private static double leastSeconds(DeviceTime time, Attempt reference) {
    return DeviceBench.Job.START.toSeconds() + LEAST_RUNS * time.p50Millis(reference) / 1e3;
  }

  private DeviceTime estimated(Wish wish, HostTimes here) {
    return new DeviceTime(wish.device(), here, bench.known(wish.device()));
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
    ExecutorService profiles =
        Executors.newFixedThreadPool(bench.atOnce() ? wishes.size() : 1, Proof::thread);
    ExecutorService devices = Executors.newCachedThreadPool(Proof::thread);
    try {
      List<Future<Decision>> running = new ArrayList<>();
      for (Wish wish : wishes) {
        Evidence first =
            new Evidence(wish, preference, attempts.get(0), attempts, estimated(wish, here));
        running.add(profiles.submit(() -> kept(decided(first, devices))));
      }
      return awaited(running);
    } finally {
      profiles.shutdownNow();
      devices.shutdownNow();
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

  private static <T> List<T> awaited(List<Future<T>> running) throws IOException {
    List<T> all = new ArrayList<>();
    for (Future<T> each : running) {
      all.add(awaited(each));
    }
    return all;
  }

  private static <T> T awaited(Future<T> running) throws IOException {
    try {
      return running.get();
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

  private Decision decided(Evidence first, ExecutorService devices) throws IOException {
    Evidence known = first;
    for (int done = 0;
        done < MOST_ROUNDS && known.time().source() != DeviceTime.Source.MEASURED;
        done++) {
      List<Attempt> next = known.unmeasured();
      if (next.isEmpty()) {
        return known.decision();
      }
      if (limit.leftSeconds() < leastSeconds(known.time(), known.reference())) {
        return known.decision().noted("the time allowance was used up before it was measured");
      }
      int idle = Math.max(1, bench.idle(known.wish().device()));
      List<Attempt> asked = next.subList(0, Math.min(idle, next.size()));
      List<DeviceBench.Reading> readings = measured(known, asked, devices);
      for (int i = 0; i < asked.size(); i++) {
        known = after(known, asked.get(i), readings.get(i));
      }
      DeviceBench.Reading best = readings.get(0);
      if (best.measured().isEmpty() && !(best.unfit() && !asked.get(0).equals(known.reference()))) {
        return known.decision().noted(best.note());
      }
    }
    return known.decision();
  }

  /** Each on a device of its own. */
  private List<DeviceBench.Reading> measured(
      Evidence known, List<Attempt> asked, ExecutorService devices) throws IOException {
    Duration left = Duration.ofMillis((long) (1e3 * limit.leftSeconds()));
    List<Future<DeviceBench.Reading>> running = new ArrayList<>();
    for (Attempt attempt : asked) {
      DeviceBench.Job job =
          new DeviceBench.Job(
              known.wish().device(), known.reference().variant(out), attempt.variant(out), left);
      running.add(
          devices.submit(
              () -> {
                progress.at(
                    "%s: on a device of %s".formatted(attempt.name(), job.device().name()), 1);
                return bench.measure(job, progress);
              }));
    }
    return awaited(running);
  }

  private Evidence after(Evidence known, Attempt attempt, DeviceBench.Reading reading) {
    if (reading.measured().isPresent()) {
      return known.with(attempt, reading.measured().get());
    }
    if (reading.unfit() && !attempt.equals(known.reference())) {
      unfit.put("%s on %s".formatted(attempt.name(), known.wish().device().name()), reading.note());
      return known.without(attempt);
    }
    return known;
  }
}
