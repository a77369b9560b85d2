/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One device's state on disk and the ways in which its agent is started on it.
 *
 * @param id device id; its home is the folder of that name
 */
record Device(Workshop workshop, String id) {
  /** Nothing listens on port 1. */
  private static final String NO_BROKER = "tcp://127.0.0.1:1";

  Path home() {
    return workshop.scratch().resolve(id);
  }

  /** With the controller's broker. */
  Server connected(BenchFleet fleet) {
    return connected(fleet, Map.of());
  }

  /** With the controller's broker unless {@code more} names another one. */
  Server connected(BenchFleet fleet, Map<String, String> more) {
    return start(fleet.mqttUrl(), fleet.trust(), more);
  }

  /** With a broker that nobody reaches, as after a power cut that took the network along. */
  Server alone(BenchFleet fleet) {
    return start(NO_BROKER, fleet.trust(), Map.of());
  }

  private Server start(String mqttUrl, String trust, Map<String, String> more) {
    int port = Workshop.freePort();
    Map<String, String> config = new LinkedHashMap<>();
    config.put("sagui.home", home().toString());
    config.put("sagui.device", id);
    config.put("sagui.profile", BenchFleet.PROFILE);
    config.put("sagui.profiles", workshop.profiles().toString());
    config.put("sagui.mqtt.url", mqttUrl);
    config.put("sagui.trust", trust);
    config.put("sagui.serve.port", Integer.toString(port));
    config.put("sagui.report.interval", "PT5S");
    config.put("sagui.update.soak", "PT0S");
    config.putAll(more);
    long from = System.nanoTime();
    return new Server(workshop.agent("agent " + id, config), port, from);
  }
}
