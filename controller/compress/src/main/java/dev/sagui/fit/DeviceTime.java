/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.isa.HostMachine;
import java.util.Optional;

/**
 * How long a variant takes on a device: measured where the device is this machine, else this
 * machine's time scaled by the two speeds, and never less than reading its weights takes. Such an
 * estimate knows nothing of caches and of kernels that one of the two lacks: expect a factor of
 * two.
 */
record DeviceTime(DeviceProfile device, Optional<Speeds> here) {
  /** How a time is known. */
  enum Source {
    MEASURED("measured"),
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

  Source source() {
    if (device.name().value().equals(HostMachine.NAME)) {
      return Source.MEASURED;
    }
    return here.isPresent() && device.speeds().isPresent() ? Source.ESTIMATED : Source.THIS_MACHINE;
  }

  double p50Millis(Attempt attempt) {
    return scaled(attempt, attempt.p50Millis());
  }

  double p95Millis(Attempt attempt) {
    return scaled(attempt, attempt.p95Millis());
  }

  private double scaled(Attempt attempt, double millis) {
    if (source() != Source.ESTIMATED) {
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
