/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.CostModel;
import dev.sagui.cost.Work;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.isa.HostMachine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long a variant takes on a device: measured there or where the device is this machine, else
 * predicted: what it took here, times what its operators take there by the profile's cost model to
 * what they take here by this machine's. Each reading of a device moves its model's rates.
 *
 * @param here what this machine's runs took
 * @param kept what earlier fits left of the profile; its error is that of its latest predictions
 * @param there empty where nothing is known of the device's speeds
 * @param readings of variants that a device of the profile measured
 * @param learned what {@code there} was fitted to, as if this machine's model were exact
 * @param reference what they were measured against, and its times in the first reading
 */
record DeviceTime(
    DeviceProfile device,
    HostTimes here,
    Optional<CostModel> kept,
    Optional<CostModel> there,
    Map<ArtifactName, DeviceBench.Measured> readings,
    List<CostModel.Timed> learned,
    Optional<Reference> reference) {
  /** A variant and its times on the device. */
  record Reference(ArtifactName name, BenchResult.Times times) {}

  /** How a time is known. */
  enum Source {
    MEASURED("measured"),
    MEASURED_THERE("the device's"),
    ESTIMATED("estimated"),
    THIS_MACHINE("this machine's");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  DeviceTime {
    readings = Map.copyOf(readings);
    learned = List.copyOf(learned);
  }

  /** Before anything was measured on a device. */
  DeviceTime(DeviceProfile device, HostTimes here) {
    this(device, here, Optional.empty());
  }

  /** The same, by what earlier fits learned of the profile. */
  DeviceTime(DeviceProfile device, HostTimes here, Optional<CostModel> kept) {
    this(
        device,
        here,
        kept,
        kept.or(() -> device.speeds().map(here.model()::at)),
        Map.of(),
        List.of(),
        Optional.empty());
  }

  /** With one more that was measured, against {@code original}. */
  DeviceTime with(Attempt original, Attempt attempt, DeviceBench.Measured measured) {
    Map<ArtifactName, DeviceBench.Measured> all = new HashMap<>(readings);
    all.put(attempt.name(), measured);
    BenchResult result = measured.result();
    Reference first = reference.orElse(new Reference(original.name(), result.reference()));
    List<CostModel.Timed> runs = new ArrayList<>(learned);
    if (runs.isEmpty()) {
      runs.add(timed(original, first.times().p50Millis()));
    }
    if (!attempt.equals(original)) {
      runs.add(timed(attempt, result.ratio().value() * first.times().p50Millis()));
    }
    CostModel before = new DeviceTime(device, here, kept).there.orElse(here.model());
    return new DeviceTime(
        device, here, kept, Optional.of(before.learned(runs)), all, runs, Optional.of(first));
  }

  /**
   * What is to be kept of the profile: the model that follows what was measured, with the error
   * that the one before had on it; empty where nothing was measured.
   */
  Optional<CostModel> toKeep() {
    return learned.isEmpty()
        ? Optional.empty()
        : there.map(m -> m.within(kept.map(k -> k.off(learned)).orElse(CostModel.COLD_ERROR)));
  }

  private CostModel.Timed timed(Attempt attempt, double millis) {
    return new CostModel.Timed(attempt.work(), millis / residue(attempt));
  }

  /** What this machine took to what its model says. */
  private double residue(Attempt attempt) {
    return here.millis(attempt) / here.model().millis(attempt.work());
  }

  /** What a device measured of the variant. */
  Optional<DeviceBench.Measured> measured(Attempt attempt) {
    return Optional.ofNullable(readings.get(attempt.name()));
  }

  private boolean isReference(Attempt attempt) {
    return reference.filter(r -> r.name().equals(attempt.name())).isPresent();
  }

  Source source() {
    return readings.isEmpty() ? unmeasured() : Source.MEASURED_THERE;
  }

  /** How the time of one variant is known. */
  Source source(Attempt attempt) {
    return measured(attempt).isPresent() || isReference(attempt)
        ? Source.MEASURED_THERE
        : unmeasured();
  }

  private Source unmeasured() {
    if (device.name().value().equals(HostMachine.NAME)) {
      return Source.MEASURED;
    }
    return there.isPresent() ? Source.ESTIMATED : Source.THIS_MACHINE;
  }

  /** What a prediction may be off by, as a share of it; empty for what is no prediction. */
  Optional<Double> error(Attempt attempt) {
    return source(attempt) == Source.ESTIMATED ? there.map(CostModel::error) : Optional.empty();
  }

  /** The same for people. */
  String off() {
    double error = there.map(CostModel::error).orElse(CostModel.COLD_ERROR);
    return error < CostModel.COLD_ERROR
        ? String.format(Locale.ROOT, "expect %.0f %% more or less", Math.ceil(100 * error))
        : "expect a factor of two";
  }

  /** Who measured the speeds of the profile, for people. */
  String whoseSpeeds() {
    int devices = device.speeds().map(Speeds::devices).orElse(0);
    return switch (devices) {
      case 0 -> "the board's";
      case 1 -> "those that a device of the profile measured";
      default -> "those that %d devices of the profile measured".formatted(devices);
    };
  }

  double p50Millis(Attempt attempt) {
    return times(attempt).map(BenchResult.Times::p50Millis).orElseGet(() -> predicted(attempt));
  }

  double p95Millis(Attempt attempt) {
    return times(attempt)
        .map(BenchResult.Times::p95Millis)
        .orElseGet(() -> predicted(attempt) * attempt.p95Millis() / attempt.p50Millis());
  }

  private Optional<BenchResult.Times> times(Attempt attempt) {
    return measured(attempt)
        .map(measured -> measured.result().candidate())
        .or(() -> reference.filter(r -> isReference(attempt)).map(Reference::times));
  }

  private double predicted(Attempt attempt) {
    return unmeasured() == Source.ESTIMATED
        ? there.orElseThrow().millis(attempt.work()) * residue(attempt)
        : attempt.p50Millis();
  }

  /** The least that a variant that was never run may take there, in milliseconds. */
  double leastMillis(Work work) {
    CostModel model = there.orElse(here.model());
    return model.millis(work) / (1 + model.error());
  }

  /** To the time of the model as it came. */
  double ratio(Attempt attempt) {
    return measured(attempt).map(m -> m.result().ratio().value()).orElse(attempt.ratio());
  }

  /** What orders variants: measured ones by their ratios, whatever the minute they ran in. */
  double rankMillis(Attempt attempt) {
    return measured(attempt)
        .flatMap(m -> reference.map(r -> m.result().ratio().value() * r.times().p50Millis()))
        .orElseGet(() -> p50Millis(attempt));
  }
}
