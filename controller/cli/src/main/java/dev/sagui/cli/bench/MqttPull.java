/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.json.Fields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pulls of one file of a release, over MQTT unless configured otherwise, each by a fresh process.
 *
 * @param release id of the release
 * @param file the file's digest and size in bytes
 */
record MqttPull(Workshop workshop, BenchFleet fleet, String release, Fields file) {
  /** The largest file of a release. */
  static MqttPull of(Workshop workshop, BenchFleet fleet, Fields release) {
    Fields file =
        release.objects("files", each -> each).stream()
            .max(Comparator.comparingLong(each -> each.integer("size")))
            .orElseThrow(() -> new BenchException("the release has no files"));
    return new MqttPull(workshop, fleet, release.string("id"), file);
  }

  long bytes() {
    return file.integer("size");
  }

  String digest() {
    return file.string("digest");
  }

  /** By an agent, which checks, hashes, writes and forces it, and then serves it. */
  Pull agent(String id) {
    return agent(id, Map.of());
  }

  /** Likewise, configured by {@code more}. */
  Pull agent(String id, Map<String, String> more) {
    Device device = new Device(workshop, id);
    try (Server agent = device.connected(fleet, more)) {
      fleet.awaitOnline(id);
      Stopwatch watch = new Stopwatch(agent.program(), fleet.program());
      fleet.desire(id, release);
      Pull pull = watch.time(device.home(), digest(), bytes());
      fleet.awaitServing(id, release);
      return pull;
    }
  }

  /**
   * By stock Paho.
   *
   * @param into where it hashes, writes and forces the file too; without, it only receives it
   */
  Pull stock(Optional<Path> into) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Workshop.javaCommand(),
                "-cp",
                stockPaho(workshop).toString(),
                workshop.root().resolve("deploy/bench/StockPahoPull.java").toString(),
                fleet.mqttUrl(),
                "bench-stock",
                digest(),
                Long.toString(bytes())));
    into.ifPresent(path -> command.add(path.toString()));
    Duration before = fleet.program().cpu();
    Fields result = said(workshop, "stock paho", command);
    Duration controller = fleet.program().cpu().minus(before);
    return new Pull(
        bytes(),
        result.number("seconds"),
        result.number("cpu_seconds"),
        controller.toNanos() / 1e9);
  }

  static Path stockPaho(Workshop workshop) {
    return Artifacts.fetch(
        workshop,
        "org.eclipse.paho:org.eclipse.paho.mqttv5.client:1.2.5",
        "org.eclipse.paho.mqttv5.client-1.2.5.jar");
  }

  /** What a program prints as JSON. */
  static Fields said(Workshop workshop, String name, List<String> command) {
    String text = Program.run(name, command, Duration.ofMinutes(3), workshop.log(name));
    return Fields.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
