/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.isa.HostMachine;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long a variant takes on a device: measured there or where the device is this machine, else
 * this machine's time scaled by the two speeds, and never less than reading its weights takes. Such
 * an estimate knows nothing of caches and of kernels that one of the two lacks: expect a factor of
 * two. Once something was measured on a device, estimates are scaled so that the model as it came
 * takes what it took there.
 *
 * @param readings of variants that a device of the profile measured
 * @param correction what estimates are multiplied with
 */
record DeviceTime(
    DeviceProfile device,
    Optional<Speeds> here,
    Map<ArtifactName, DeviceBench.Measured> readings,
    double correction) {
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
  }

  /** Before anything was measured on a device. */
  DeviceTime(DeviceProfile device, Optional<Speeds> here) {
    this(device, here, Map.of(), 1);
  }

  /** With one more that was measured, against {@code reference}. */
  DeviceTime with(Attempt reference, Attempt attempt, DeviceBench.Measured measured) {
    Map<ArtifactName, DeviceBench.Measured> all = new HashMap<>(readings);
    all.put(attempt.name(), measured);
    double estimate = new DeviceTime(device, here).p50Millis(reference);
    return new DeviceTime(device, here, all, measured.result().reference().p50Millis() / estimate);
  }

  /** What a device measured of the variant. */
  Optional<DeviceBench.Measured> measured(Attempt attempt) {
    return Optional.ofNullable(readings.get(attempt.name()));
  }

  Source source() {
    if (!readings.isEmpty()) {
      return Source.MEASURED_THERE;
    }
    return unmeasured();
  }

  /** How the time of one variant is known. */
  Source source(Attempt attempt) {
    return measured(attempt).isPresent() ? Source.MEASURED_THERE : unmeasured();
  }

  private Source unmeasured() {
    if (device.name().value().equals(HostMachine.NAME)) {
      return Source.MEASURED;
    }
    return here.isPresent() && device.speeds().isPresent() ? Source.ESTIMATED : Source.THIS_MACHINE;
  }

  double p50Millis(Attempt attempt) {
    return measured(attempt)
        .map(m -> m.result().candidate().p50Millis())
        .orElseGet(() -> correction * scaled(attempt, attempt.p50Millis()));
  }

  double p95Millis(Attempt attempt) {
    return measured(attempt)
        .map(m -> m.result().candidate().p95Millis())
        .orElseGet(() -> correction * scaled(attempt, attempt.p95Millis()));
  }

  /** To the time of the model as it came. */
  double ratio(Attempt attempt) {
    return measured(attempt).map(m -> m.result().ratio().value()).orElse(attempt.ratio());
  }

  /** What orders variants: this machine's times until a device has measured one. */
  double rankMillis(Attempt attempt) {
    return readings.isEmpty() ? attempt.p50Millis() : p50Millis(attempt);
  }

  private double scaled(Attempt attempt, double millis) {
    if (unmeasured() != Source.ESTIMATED) {
      return millis;
    }
    Speeds host = here.orElseThrow();
    Speeds there = device.speeds().orElseThrow();
    double factor =
        attempt.arithmetic().isEmpty()
            ? host.fp32Gflops() / there.fp32Gflops()
            : host.int8Gops() / there.int8Gops();
    double read = attempt.bytes() / there.memoryGbs() / 1e6;
    return Math.max(millis * factor, read);
  }
}
