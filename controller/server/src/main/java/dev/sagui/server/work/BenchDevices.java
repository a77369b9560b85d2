/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.DeviceId;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.store.DeviceStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which devices may be offered bench jobs now. Any thread may ask. */
final class BenchDevices {
  private final DeviceStore devices;
  private final Clock clock;
  private final Map<DeviceId, Instant> notBefore = new ConcurrentHashMap<>();

  BenchDevices(DeviceStore devices, Clock clock) {
    this.devices = devices;
    this.clock = clock;
  }

  /** Of that profile: online, opted in, not quarantined. */
  List<Device> willing(String profile) {
    return devices.online(profile).stream()
        .filter(Device::benches)
        .filter(device -> device.benchQuarantine().isEmpty())
        .toList();
  }

  /** One of them that can take the job now: of its runtime, rested, without another job. */
  Optional<Device> choose(Bench bench, List<Device> willing, Collection<Bench> open) {
    return idle(willing, open).stream()
        .filter(device -> device.runtime().equals(bench.subject().runtime()))
        .findFirst();
  }

  /** Those that are rested, and without a job. */
  List<Device> idle(List<Device> willing, Collection<Bench> open) {
    return willing.stream()
        .filter(device -> open.stream().noneMatch(other -> other.isWith(device.id())))
        .filter(this::isRested)
        .toList();
  }

  private boolean isRested(Device device) {
    return !clock.instant().isBefore(notBefore.getOrDefault(device.id(), Instant.MIN));
  }

  /** Whether that process of the device is there still. */
  boolean isThere(DeviceId device, String instance) {
    return devices
        .find(device.value())
        .filter(found -> found.online() && found.instance().equals(instance))
        .isPresent();
  }

  /** It is not to be asked for so long. */
  void rest(DeviceId device, Duration pause) {
    notBefore.put(device, clock.instant().plus(pause));
  }

  /** It is asked no more, until an operator clears it. Whether it was until now. */
  boolean distrust(DeviceId device, String why) {
    return devices.distrustBenches(device, why);
  }
}
