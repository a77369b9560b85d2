/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.json.Fields;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** 200 MB in chunks of 120 KiB over MQTT, end to end and the clients alone. */
final class DeliveryMqtt implements DeliveryBench.Part {
  private static final int ROUNDS = 5;
  private static final int CHUNKS = 1628; // 200 MB

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;

  DeliveryMqtt(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  /** Of one kind of pull, each side's runs. */
  private record Sides(List<Pull> ours, List<Pull> theirs) {
    Sides() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    Row row(String what, String format, ToDoubleFunction<Pull> value) {
      OptionalDouble peer =
          theirs.isEmpty()
              ? OptionalDouble.empty()
              : OptionalDouble.of(value.applyAsDouble(fastest(theirs)));
      return Row.beside(what, format, value.applyAsDouble(fastest(ours)), peer);
    }

    private static Pull fastest(List<Pull> pulls) {
      return pulls.stream().min(Comparator.comparingDouble(Pull::seconds)).orElseThrow();
    }
  }

  @Override
  public List<Row> rows() {
    Sides whole = endToEnd();
    Sides alone = clients();
    return List.of(
        whole
            .row("Pull, hash and write of 200 MB, MB/s", "%.0f", Pull::megabytesPerSecond)
            .atLeast(2.5),
        whole
            .row("… CPU seconds of the receiver per 100 MB", "%.2f", Pull::cpuPer100Megabytes)
            .atMost(0.3),
        whole.row(
            "… CPU seconds of controller and broker per 100 MB",
            "%.2f",
            Pull::controllerCpuPer100Megabytes),
        alone.row("Client alone, MB/s", "%.0f", Pull::megabytesPerSecond).atLeast(5),
        alone
            .row("… CPU seconds of the client per 100 MB", "%.2f", Pull::cpuPer100Megabytes)
            .atMost(0.3));
  }

  private Sides endToEnd() {
    Sides sides = new Sides();
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      progress.accept("import, fit and release a model of 200 MB");
      Path model = NoiseModel.OF_200_MB.write(workshop.cache().resolve("noise-200.onnx"));
      MqttPull pull = MqttPull.of(workshop, fleet, fleet.release("noise", model));
      for (int i = 0; i < ROUNDS; i++) {
        sides.ours.add(told("agent", pull.agent("bench-mqtt-" + i)));
        if (withPeer) {
          Path file = workshop.scratch().resolve("stock-" + i);
          sides.theirs.add(told("stock", pull.stock(Optional.of(file))));
        }
      }
    }
    return sides;
  }

  private Sides clients() {
    Sides sides = new Sides();
    try (ChunkFeed feed = new ChunkFeed(CHUNKS)) {
      for (int i = 0; i < ROUNDS; i++) {
        sides.ours.add(told("agent's client", drain(feed, workshop.withAgent("PahoDrain"))));
        if (withPeer) {
          sides.theirs.add(told("stock client", drain(feed, stock())));
        }
      }
    }
    return sides;
  }

  private List<String> stock() {
    String paho = MqttPull.stockPaho(workshop).toString();
    String source = workshop.root().resolve("deploy/bench/PahoDrain.java").toString();
    return List.of(Workshop.javaCommand(), "-cp", paho, source);
  }

  private Pull drain(ChunkFeed feed, List<String> program) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(feed.url(), Long.toString(feed.bytes())));
    Fields said = MqttPull.said(workshop, "client", command);
    return new Pull(feed.bytes(), said.number("seconds"), said.number("cpu_seconds"), 0);
  }

  private Pull told(String whose, Pull pull) {
    progress.accept(
        String.format(
            Locale.ROOT,
            "%s: %.0f MB/s, %.2f s of CPU per 100 MB, controller %.2f",
            whose,
            pull.megabytesPerSecond(),
            pull.cpuPer100Megabytes(),
            pull.controllerCpuPer100Megabytes()));
    return pull;
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Both sides in turns, each a fresh JVM; the fastest of " + ROUNDS + " of each.",
        "The weights are seeded bytes, which no coding makes shorter: the transport is measured, not"
            + " what coding saves.",
        "Pull: the controller with its embedded broker and the receiver share the CPUs. Agent: from"
            + " the first byte on disk to the forced file under its final name. Peer:"
            + " `deploy/bench/StockPahoPull.java`, which asks as an agent does, hashes and writes in"
            + " its callback and forces the file.",
        "Client alone: `deploy/bench/PahoDrain.java` with Paho's jar and with the agent's, fed by a"
            + " server that sends messages of 120 KiB at QoS 0 as fast as they are read.");
  }
}
