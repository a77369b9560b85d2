/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Board;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.config.ThisMachine;
import dev.sagui.wire.DeviceState;

/** What this device tells the controller of itself. */
final class DeviceFacts {
  private DeviceFacts() {}

  static DeviceState.Facts read(
      Settings settings, String runtimeVersion, String agentVersion, String serveUrl, long free) {
    return new DeviceState.Facts(
        settings.profile().name(),
        settings.profileReason(),
        ThisMachine.architecture(),
        ThisMachine.isaFlags(),
        Runtime.getRuntime().availableProcessors(),
        ThisMachine.memory("MemTotal"),
        ThisMachine.memory("MemAvailable"),
        free,
        runtimeVersion,
        agentVersion,
        Board.here().conditions(),
        settings.bench().enabled(),
        serveUrl,
        settings.labels());
  }

  /** Memory that the system could give away now; without an end where it does not tell. */
  static long availableBytes() {
    long bytes = ThisMachine.memory("MemAvailable");
    return bytes > 0 ? bytes : Long.MAX_VALUE;
  }
}
