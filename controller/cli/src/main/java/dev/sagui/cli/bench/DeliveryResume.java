/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.artifact.ChunkTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A pull that is cut at 80 %, and what an agent's memory does in a pull of 1 GB. */
final class DeliveryResume implements DeliveryBench.Part {
  private static final int ROUNDS = 3;
  private static final double CUT = 0.8;
  private static final double MEMORY_LIMIT = 16;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final Duration SETTLE = Duration.ofSeconds(12);

  private final Workshop workshop;
  private final Consumer<String> progress;

  DeliveryResume(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
  }

  @Override
  public List<Row> rows() {
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      MqttPull small = release(fleet, "noise", NoiseModel.OF_200_MB);
      Cuts cuts = cuts(fleet, small);
      MqttPull large = release(fleet, "large-noise", NoiseModel.OF_1_GB);
      return List.of(
          Row.judged(
              "Chunks that were on disk at the cut and came again",
              Long.toString(cuts.twice),
              Row.NONE,
              List.of(Goal.atMost((double) cuts.twice, 1, "%.0f"))),
          Row.alone("… chunks on their way at the cut", Long.toString(cuts.lost)),
          Row.judged(
              "… seconds more than without the cut, the agent's second start in them",
              seconds(cuts.cut.p10() / 1e3 - cuts.whole.p10() / 1e3),
              Row.NONE,
              List.of(Goal.atMost(cuts.cut.p10() / 1e3 - cuts.whole.p10() / 1e3, 1, "%.2f"))),
          memory(fleet, large, "MQTT", Map.of()),
          memory(
              fleet,
              large,
              "HTTP",
              Map.of("sagui.fetch.http", fleet.httpUrl() + "/api/v1/blobs/{digest}")));
    }
  }

  private MqttPull release(BenchFleet fleet, String name, NoiseModel model) {
    progress.accept("import, fit and release " + name);
    Path file = model.write(workshop.cache().resolve(name + ".onnx"));
    return MqttPull.of(workshop, fleet, fleet.release(name, file));
  }

  /** What the cuts did, the worst of all rounds, and how long both kinds of pull took. */
  private static final class Cuts {
    private final Sample whole = new Sample();
    private final Sample cut = new Sample();
    private long twice;
    private long lost;
  }

  private Cuts cuts(BenchFleet fleet, MqttPull pull) {
    Cuts cuts = new Cuts();
    for (int i = 0; i < ROUNDS; i++) {
      progress.accept("cut: round %d of %d".formatted(i + 1, ROUNDS));
      Run whole = run(fleet, new Device(workshop, "bench-whole-" + i), pull, 1);
      Device device = new Device(workshop, "bench-cut-" + i);
      Run first = run(fleet, device, pull, CUT);
      int kept = kept(device, pull);
      Run second = run(fleet, device, pull, 1);
      cuts.whole.add(whole.taken);
      cuts.cut.add(first.taken.plus(second.taken));
      cuts.twice = Math.max(cuts.twice, kept + second.chunks - ChunkTable.count(pull.bytes()));
      cuts.lost = Math.max(cuts.lost, first.chunks - kept);
    }
    return cuts;
  }

  /**
   * One start of an agent.
   *
   * @param taken from the making of its process
   * @param chunks that came to it, as its network counts
   */
  private record Run(Duration taken, long chunks) {}

  /** Until {@code share} of the file is there; the agent is killed then. */
  private static Run run(BenchFleet fleet, Device device, MqttPull pull, double share) {
    try (CountingProxy network = new CountingProxy(URI.create(fleet.mqttUrl()));
        Server agent = device.connected(fleet, Map.of("sagui.mqtt.url", network.url()))) {
      if (kept(device, pull) == 0) { // else it knows what to do
        fleet.desire(device.id(), pull.release());
      }
      awaitBytes(agent, device, pull, (long) (share * pull.bytes()));
      agent.program().kill();
      Duration taken = Duration.ofNanos(System.nanoTime() - agent.started());
      return new Run(taken, network.bytes() / ChunkTable.CHUNK_BYTES);
    }
  }

  private static void awaitBytes(Server agent, Device device, MqttPull pull, long bytes) {
    boolean whole = bytes == pull.bytes();
    Path blob = device.blob(pull);
    Path part = device.home().resolve("parts").resolve(pull.digest() + ".part");
    Until.present(
        "the pull",
        agent.program(),
        LIMIT,
        LOOK,
        () -> Optional.of(whole ? blob : part).filter(file -> size(file) >= bytes));
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException renamedMeanwhile) {
      return 0;
    }
  }

  /** Chunks that lie in the part file: none of the noise ends in zeros. */
  private static int kept(Device device, MqttPull pull) {
    Path part = device.home().resolve("parts").resolve(pull.digest() + ".part");
    if (!Files.exists(part)) {
      return 0;
    }
    int kept = 0;
    try (FileChannel channel = FileChannel.open(part)) {
      ByteBuffer last = ByteBuffer.allocate(Long.BYTES);
      for (int i = 0; i < ChunkTable.count(pull.bytes()); i++) {
        long end = ChunkTable.offsetOf(i) + ChunkTable.lengthOf(i, pull.bytes());
        boolean there = channel.read(last.clear(), end - Long.BYTES) == Long.BYTES;
        kept += there && last.getLong(0) != 0 ? 1 : 0;
      }
      return kept;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + part + " failed: " + e.getMessage(), e);
    }
  }

  private Row memory(BenchFleet fleet, MqttPull pull, String by, Map<String, String> config) {
    progress.accept("memory of an agent in a pull of 1 GB by " + by);
    Device device = new Device(workshop, "bench-memory-" + by.toLowerCase(Locale.ROOT));
    try (Server agent = device.connected(fleet, config)) {
      fleet.awaitOnline(device.id());
      Until.sleep(SETTLE);
      Memory idle = agent.program().memory();
      fleet.desire(device.id(), pull.release());
      Memory most = device.most(agent, pull, idle, "a pull of 1 GB");
      double more = (most.residentBytes() - idle.residentBytes()) / 1e6;
      return Row.judged(
          "Memory of the agent in a pull of 1 GB by %s over idle, RSS, MB".formatted(by),
          String.format(Locale.ROOT, "+%.1f on %.1f", more, idle.residentMegabytes()),
          Row.NONE,
          List.of(Goal.atMost(more, MEMORY_LIMIT, "%.0f")));
    }
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Cut: 200 MB over MQTT; the agent is killed (SIGKILL) when its file has reached 80 % and"
            + " started again. 10th percentile of "
            + ROUNDS
            + " of the sum of both, each from the start of its process, over a pull without a cut,"
            + " in turns. Chunks: what came through a counting proxy against what lies on disk at the"
            + " cut, in whole chunks; the worst round.",
        "Memory: the agent serves nothing, is connected and idle for "
            + SETTLE.toSeconds()
            + " s before; the highest of looks every 5 ms until the file has its final name.");
  }
}
