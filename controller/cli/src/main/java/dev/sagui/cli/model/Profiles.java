/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.KnownBoards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Profiles by name or file. */
final class Profiles {
  private Profiles() {}

  /** This machine, a profile file when there is one by that path, else the known board. */
  static DeviceProfile get(String nameOrFile) throws IOException {
    if (nameOrFile.equals(HostMachine.NAME)) {
      return HostMachine.profile();
    }
    Path file = Path.of(nameOrFile);
    return Files.isRegularFile(file)
        ? DeviceProfile.parse(Files.readAllBytes(file))
        : KnownBoards.get(nameOrFile);
  }

  /** In the form that {@link DeviceProfile#parse} reads. */
  static Map<String, Object> json(DeviceProfile profile) {
    Map<String, Object> budget = new LinkedHashMap<>();
    budget.put("flash_bytes", profile.budget().flashBytes());
    budget.put("ram_bytes", profile.budget().ramBytes());
    if (Double.isFinite(profile.budget().p95Millis())) {
      budget.put("p95_ms", profile.budget().p95Millis());
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", profile.name().value());
    map.put("board", profile.board());
    map.put("architecture", profile.architecture());
    map.put("isa_flags", profile.isaFlags());
    map.put("cores", profile.cores());
    map.put("ram_bytes", profile.ramBytes());
    map.put("threads", profile.threads());
    if (!profile.conditions().equals(Conditions.UNKNOWN)) {
      map.put("conditions", profile.conditions().json());
    }
    map.put("budget", budget);
    profile.speeds().ifPresent(speeds -> map.put("speeds", speeds.json()));
    profile.peak().ifPresent(peak -> map.put("peak", peak.json()));
    return map;
  }
}
