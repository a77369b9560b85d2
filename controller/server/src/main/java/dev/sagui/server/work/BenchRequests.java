/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.cost.CostModel;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureKind;
import dev.sagui.fit.DeviceBench;
import dev.sagui.fit.Variant;
import dev.sagui.manifest.BenchJob;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.server.catalog.Bench;
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
  static final double SECONDS = 8;

  /** Of requests that then arrive each second. */
  static final double RATE = 10;

  private static final long POLL_MILLIS = 100;

  @Override
  public boolean atOnce() {
    return true;
  }

  @Override
  public Reading measure(
      DeviceProfile profile, Variant reference, Variant candidate, Progress progress)
      throws IOException {
    try {
      Optional<Device> willing = willing(profile);
      return willing.isEmpty()
          ? Reading.none(
              "estimated: no device of this profile that takes bench jobs was online within %d s"
                  .formatted(patience.toSeconds()))
          : measured(profile, reference, candidate, willing.get().runtime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reading.none("estimated: the controller ends");
    }
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

  private Optional<Device> willing(DeviceProfile profile) throws InterruptedException {
    long since = System.nanoTime();
    Optional<Device> found = benches.willing(profile.name().value()).stream().findFirst();
    while (found.isEmpty() && System.nanoTime() - since < patience.toNanos()) {
      Thread.sleep(POLL_MILLIS);
      found = benches.willing(profile.name().value()).stream().findFirst();
    }
    return found;
  }

  private Reading measured(
      DeviceProfile profile, Variant reference, Variant candidate, String runtime)
      throws IOException, InterruptedException {
    StoredVariant ours = workshop.store(model, candidate);
    StoredVariant theirs = workshop.store(model, reference);
    BenchJob.Part part = workshop.benchPart(model, ours, profile);
    BenchJob.Part against = workshop.benchPart(model, theirs, profile);
    Bench.Subject subject =
        new Bench.Subject(ours.digest(), theirs.digest(), profile.name().value(), runtime);
    String id = "bench-" + UUID.randomUUID().toString().substring(0, 13);
    Bench bench = benches.ask(Bench.waiting(id, ours, subject, part, against));
    return reading(bench.isOpen() ? benches.await(bench.id(), patience) : bench);
  }

  private static Reading reading(Bench bench) {
    if (bench.state() == Bench.State.DONE) {
      return Reading.of(new Measured(bench.device().orElseThrow(), bench.result().orElseThrow()));
    }
    boolean unfit = bench.code().filter(code -> code.kind() != FailureKind.INPUT).isPresent();
    String waited = bench.note().isEmpty() ? "no device took it" : bench.note();
    return unfit ? Reading.unfit(bench.note()) : Reading.none("estimated: " + waited);
  }
}
