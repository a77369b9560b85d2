/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(5);

  Path home() {
    return workshop.scratch().resolve(id);
  }

  /** Where a pulled file is once it is whole. */
  Path blob(MqttPull pull) {
    return home().resolve("blobs").resolve(pull.digest());
  }

  /**
   * The most memory that an agent takes until a file is whole, of looks every 5 ms.
   *
   * @param what takes too long after three minutes, for people
   */
  Memory most(Server agent, MqttPull pull, Memory idle, String what) {
    Memory most = idle;
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(blob(pull))) {
      agent.program().requireAlive();
      if (System.nanoTime() > end) {
        throw new BenchException(what + " took longer than " + LIMIT);
      }
      most = most.most(agent.program().memory());
      Until.sleep(LOOK);
    }
    return most;
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
