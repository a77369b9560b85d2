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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What benches tell of devices: how fast each is, and which are not as fast as their like. */
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

  /** Why a device is one, by device. */
  public Map<DeviceId, String> outliers() {
    return Outliers.of(benches.done(COMPARED));
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
