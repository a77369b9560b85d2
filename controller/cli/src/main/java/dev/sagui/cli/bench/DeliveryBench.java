/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One of the benchmarks of how a model comes to a device. */
final class DeliveryBench implements Benchmark {
  private final String name;
  private final String summary;
  private final boolean withPeer;
  private final Part part;

  /** What a benchmark measures. */
  interface Part {
    List<Row> rows();

    /** How it is measured, one sentence each. */
    List<String> notes();

    /** What the peers are, with their versions. */
    default List<String> versions() {
      return List.of();
    }
  }

  private DeliveryBench(String name, String summary, boolean withPeer, Part part) {
    this.name = name;
    this.summary = summary;
    this.withPeer = withPeer;
    this.part = part;
  }

  static DeliveryBench mqtt(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-mqtt",
        "200 MB over MQTT to an agent and to stock Paho, and their clients alone",
        withPeer,
        new DeliveryMqtt(workshop, withPeer, progress));
  }

  static DeliveryBench http(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-http",
        "200 MB over HTTP to an agent and to curl; the check of 100 MB beside openssl",
        withPeer,
        new DeliveryHttp(workshop, withPeer, progress));
  }

  static DeliveryBench resume(Workshop workshop, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-resume",
        "a pull that is cut at 80 %, and an agent's memory in a pull of 1 GB",
        false,
        new DeliveryResume(workshop, progress));
  }

  static DeliveryBench difference(Workshop workshop, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-difference",
        "int8 fine-tunes as what they differ by, beside the whole file by zstd",
        false,
        new DeliveryDifference(workshop, progress));
  }

  static DeliveryBench start(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-start",
        "a session of 402 MB against ONNX Runtime's default, the agent's start against FastAPI",
        withPeer,
        new DeliveryStart(workshop, withPeer, progress));
  }

  static DeliveryBench traffic(Workshop workshop, Consumer<String> progress) {
    return new DeliveryBench(
        "transfer-traffic",
        "bytes a day of a device that idles, and of one that is asked once a second",
        false,
        new DeliveryTraffic(workshop, progress));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public Table run(LocalDate today) {
    List<Row> rows = part.rows();
    List<String> versions = new ArrayList<>();
    versions.add("JDK " + Runtime.version());
    versions.add("Linux " + System.getProperty("os.version"));
    versions.addAll(part.versions());
    String command = "./sagui bench " + name + (withPeer ? " --peer" : "");
    String title = "Delivery: " + summary;
    return new Table(title, Machine.here(today, versions), command, rows, part.notes());
  }
}
