/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * 200 MB over MQTT to an agent that checks, hashes and stores it, and to stock Paho, which only
 * receives it.
 */
final class PullPart {
  private static final int ROUNDS = 3;
  private static final String MODEL = "big";

  private final Workshop workshop;
  private final BenchFleet fleet;
  private final boolean withPeer;
  private final Consumer<String> progress;

  PullPart(Workshop workshop, BenchFleet fleet, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.fleet = fleet;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  List<Row> run() {
    progress.accept("pull: import, fit and release a model of 200 MB");
    MqttPull pull =
        MqttPull.of(
            workshop,
            fleet,
            fleet.release(MODEL, BigModel.OF_200_MB.write(workshop.cache().resolve("big.onnx"))));
    long wireBytes = 0;
    List<Pull> ours = new ArrayList<>();
    List<Pull> theirs = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      progress.accept("pull: round %d of %d".formatted(i + 1, ROUNDS));
      String id = "bench-pull-" + i;
      ours.add(pull.agent(id));
      progress.accept(
          String.format(Locale.ROOT, "pull: %.0f MB/s", ours.get(i).megabytesPerSecond()));
      wireBytes = fleet.wireBytes(id, pull.release());
      if (withPeer) {
        theirs.add(pull.stock(Optional.empty()));
      }
    }
    return rows(best(ours), theirs.isEmpty() ? List.of() : List.of(best(theirs)), wireBytes);
  }

  private static List<Row> rows(Pull ours, List<Pull> peer, long wireBytes) {
    OptionalDouble whole = peer.stream().mapToDouble(pull -> pull.bytes() / 1e6).findFirst();
    OptionalDouble rate = peer.stream().mapToDouble(Pull::megabytesPerSecond).findFirst();
    OptionalDouble cpu = peer.stream().mapToDouble(Pull::cpuPer100Megabytes).findFirst();
    OptionalDouble controller =
        peer.stream().mapToDouble(Pull::controllerCpuPer100Megabytes).findFirst();
    return List.of(
        Row.beside(
            "MQTT pull of 200 MB on loopback, MB/s", "%.0f", ours.megabytesPerSecond(), rate),
        Row.beside("… MB on the wire", "%.0f", wireBytes / 1e6, whole),
        Row.beside(
            "… CPU seconds of the receiver per 100 MB", "%.2f", ours.cpuPer100Megabytes(), cpu),
        Row.beside(
            "… CPU seconds of the controller per 100 MB",
            "%.2f",
            ours.controllerCpuPer100Megabytes(),
            controller));
  }

  private static Pull best(List<Pull> pulls) {
    return pulls.stream().max(Comparator.comparingDouble(Pull::megabytesPerSecond)).orElseThrow();
  }
}
