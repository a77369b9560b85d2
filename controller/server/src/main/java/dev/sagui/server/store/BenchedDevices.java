/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.server.catalog.DeviceSpeeds;
import dev.sagui.server.catalog.Outliers;
import dev.sagui.server.fleet.Device;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** How fast devices are, and which are not as fast as their like or are not set to be. */
public final class BenchedDevices {
  /** The newest measurements, by which devices of a profile are compared. */
  private static final int COMPARED = 2_000;

  private final BenchStore benches;
  private final Function<String, Optional<DeviceProfile>> profiles;

  /**
   * @param profiles by name
   */
  public BenchedDevices(BenchStore benches, Function<String, Optional<DeviceProfile>> profiles) {
    this.benches = benches;
    this.profiles = profiles;
  }

  /** Why one of them differs from the others of its profile, by device. */
  public Map<DeviceId, String> outliers(Collection<Device> devices) {
    Map<DeviceId, String> measured = Outliers.of(benches.done(COMPARED));
    Map<DeviceId, String> all = new TreeMap<>();
    for (Device device : devices) {
      List<String> reasons = new ArrayList<>();
      profiles
          .apply(device.profile())
          .ifPresent(as -> reasons.addAll(device.conditions().slowerThan(as.conditions())));
      Optional.ofNullable(measured.get(device.id())).ifPresent(reasons::add);
      if (!reasons.isEmpty()) {
        all.put(device.id(), String.join("; ", reasons));
      }
    }
    return all;
  }

  /** Of those of them that were probed as they are now. */
  public Map<DeviceId, Speeds> speeds(Collection<String> devices) {
    return DeviceSpeeds.of(benches.probes(devices), profiles);
  }

  /** With the median of its devices' speeds; as it is where none was probed. */
  public DeviceProfile probed(DeviceProfile profile) {
    List<Speeds> measured =
        List.copyOf(
            DeviceSpeeds.of(benches.probes(profile.name().value()), name -> Optional.of(profile))
                .values());
    return measured.isEmpty() ? profile : profile.with(Speeds.median(measured));
  }
}
