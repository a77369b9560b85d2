/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.cost.CostModel;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureKind;
import dev.sagui.fit.DeviceBench;
import dev.sagui.manifest.BenchJob;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.catalog.Least;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.fleet.Device;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The measurements that one fit asks devices for.
 *
 * @param patience with devices that do not take a job
 */
record BenchRequests(Model model, VariantWorkshop workshop, Benches benches, Duration patience)
    implements DeviceBench {
  /** That the runs of one measurement may take. */
  private static final Duration RUNS = Duration.ofSeconds(8);

  private static final Duration LEAST_RUNS = Duration.ofSeconds(1);

  /** Of requests that then arrive each second. */
  static final double RATE = 10;

  private static final long POLL_MILLIS = 100;

  @Override
  public boolean atOnce() {
    return true;
  }

  @Override
  public int idle(DeviceProfile profile) {
    return benches.idle(profile.name().value());
  }

  @Override
  public Reading measure(Job job, Progress progress) throws IOException {
    try {
      long since = System.nanoTime();
      Duration wait = least(patience, job.allowance());
      Optional<Device> willing = willing(job.device(), wait);
      Duration left = job.allowance().minusNanos(System.nanoTime() - since);
      return willing.isEmpty()
          ? Reading.none(
              "estimated: no device of this profile that takes bench jobs was online within %d s"
                  .formatted(wait.toSeconds()))
          : measured(
              new Job(job.device(), job.reference(), job.candidate(), left),
              willing.get().runtime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reading.none("estimated: the controller ends");
    }
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public Optional<CostModel> known(DeviceProfile profile) {
    String runtime =
        benches.willing(profile.name().value()).stream()
            .map(Device::runtime)
            .findFirst()
            .orElseGet(OrtModel::runtimeVersion);
    return benches.store().findCosts(profile.name().value(), runtime);
  }

  @Override
  public void keep(DeviceProfile profile, String runtime, CostModel costs) {
    benches.store().putCosts(profile.name().value(), runtime, costs);
  }

  private Optional<Device> willing(DeviceProfile profile, Duration wait)
      throws InterruptedException {
    long since = System.nanoTime();
    Optional<Device> found = benches.willing(profile.name().value()).stream().findFirst();
    while (found.isEmpty() && System.nanoTime() - since < wait.toNanos()) {
      Thread.sleep(POLL_MILLIS);
      found = benches.willing(profile.name().value()).stream().findFirst();
    }
    return found;
  }

  private Reading measured(Job job, String runtime) throws IOException, InterruptedException {
    DeviceProfile profile = job.device();
    StoredVariant ours = workshop.store(model, job.candidate().timed());
    StoredVariant theirs = workshop.store(model, job.reference().timed());
    BenchJob.Part part = workshop.benchPart(model, ours, profile);
    BenchJob.Part against = workshop.benchPart(model, theirs, profile);
    Bench.Subject subject =
        new Bench.Subject(ours.digest(), theirs.digest(), profile.name().value(), runtime);
    String id = "bench-" + UUID.randomUUID().toString().substring(0, 13);
    Duration runs = job.runs(RUNS);
    double seconds = (runs.compareTo(LEAST_RUNS) < 0 ? LEAST_RUNS : runs).toMillis() / 1e3;
    Bench bench = benches.ask(Bench.waiting(id, ours, subject, part, against, seconds, least(job)));
    return reading(bench.isOpen() ? benches.await(bench.id(), patience, job.allowance()) : bench);
  }

  /** Of models whose every request is as long as any other. */
  private Least.Pair least(Job job) {
    boolean same =
        model.inputs().stream().flatMap(in -> in.shape().stream().skip(1)).allMatch(n -> n > 0);
    return job.device()
        .peak()
        .filter(peak -> same)
        .map(
            peak ->
                new Least.Pair(
                    Least.of(peak, job.candidate().work()), Least.of(peak, job.reference().work())))
        .orElse(Least.Pair.UNKNOWN);
  }

  /** What a fit goes by, and says, of a job as it is when it waits no longer. */
  static Reading reading(Bench bench) {
    if (bench.state() == Bench.State.DONE) {
      return Reading.of(new Measured(bench.device().orElseThrow(), bench.result().orElseThrow()));
    }
    if (bench.state() == Bench.State.OFFERED) {
      return Reading.none(
          "estimated: '%s' was not done with it within the time allowance"
              .formatted(bench.device().orElseThrow()));
    }
    boolean unfit = bench.code().filter(code -> code.kind() != FailureKind.INPUT).isPresent();
    String waited = bench.note().isEmpty() ? "no device took it" : bench.note();
    return unfit ? Reading.unfit(bench.note()) : Reading.none("estimated: " + waited);
  }
}
