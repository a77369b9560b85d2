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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which devices may be offered bench jobs now. Any thread may ask. */
final class BenchDevices {
  private static final Duration LEAST = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofMinutes(10);

  private final DeviceStore devices;
  private final Clock clock;
  private final Map<DeviceId, Instant> notBefore = new ConcurrentHashMap<>();
  private final Map<String, Put> putOff = new ConcurrentHashMap<>();

  /** When a job is to be offered again at the earliest, and how long that had been put off. */
  private record Put(Instant until, Duration pause) {}

  BenchDevices(DeviceStore devices, Clock clock) {
    this.devices = devices;
    this.clock = clock;
  }

  /** Of that profile: online, opted in, not quarantined. */
  List<Device> willing(String profile) {
    return devices.online(profile).stream().filter(BenchDevices::isWilling).toList();
  }

  /** The one device that a probe is about, if it is willing; else it is put off. */
  List<Device> willing(Bench probe) {
    Optional<Device> one =
        devices
            .find(probe.subject().only().orElseThrow().value())
            .filter(Device::online)
            .filter(device -> device.profile().equals(probe.subject().profile()))
            .filter(BenchDevices::isWilling);
    if (one.isEmpty()) {
      putOff(probe);
    }
    return one.stream().toList();
  }

  private static boolean isWilling(Device device) {
    return device.benches() && device.benchQuarantine().isEmpty();
  }

  /** One of them that can take the job now: of its runtime, rested, without another job. */
  Optional<Device> choose(Bench bench, List<Device> willing, Set<DeviceId> busy) {
    return willing.stream()
        .filter(device -> device.runtime().equals(bench.subject().runtime()))
        .filter(device -> isIdle(device, busy))
        .findFirst();
  }

  /** Those that are rested, and without a job. */
  List<Device> idle(List<Device> willing, Set<DeviceId> busy) {
    return willing.stream().filter(device -> isIdle(device, busy)).toList();
  }

  private boolean isIdle(Device device, Set<DeviceId> busy) {
    return !busy.contains(device.id()) && isRested(device);
  }

  /** Asks for it later, each time twice as much later: nobody waits for it. */
  void putOff(Bench bench) {
    Duration last = Optional.ofNullable(putOff.get(bench.id())).map(Put::pause).orElse(LEAST);
    Duration pause = last.compareTo(MOST) < 0 ? last.multipliedBy(2) : last;
    putOff.put(bench.id(), new Put(clock.instant().plus(pause), pause));
  }

  /** Does not ask for it before so long has passed. */
  void leave(Bench bench, Duration quiet) {
    putOff.put(bench.id(), new Put(clock.instant().plus(quiet), LEAST));
  }

  /** Whether it is not put off. */
  boolean isDue(Bench bench) {
    Put put = putOff.get(bench.id());
    return put == null || !clock.instant().isBefore(put.until);
  }

  /** It was asked for anew, or has ended. */
  void forget(Bench bench) {
    putOff.remove(bench.id());
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
