/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cli.bench.NoiseModel.Weights;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Fine-tunes that travel as what they differ by, and what patching takes of a device's memory. */
final class DeliveryDifference implements DeliveryBench.Part {
  private static final double SIGMA = 1e-3;
  private static final int OUTER = 100;
  private static final int SMALL = 160_000;
  private static final int LARGE = 1_280_000;
  private static final double SHARE_LIMIT = 0.1;
  private static final double MEMORY_LIMIT = 4;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private final Workshop workshop;
  private final Consumer<String> progress;

  DeliveryDifference(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
  }

  /**
   * One fine-tune on its way.
   *
   * @param fileBytes of the whole file
   * @param zstdBytes of the whole file, coded by zstd
   * @param wireBytes that came in its place
   * @param releaseSeconds of the release, as a user waits for it
   * @param madeSeconds until its difference was made behind it
   * @param heldBytes anonymous memory of the agent over idle, the most while it patched
   */
  private record Update(
      long fileBytes,
      long zstdBytes,
      long wireBytes,
      double releaseSeconds,
      double madeSeconds,
      long heldBytes) {}

  @Override
  public List<Row> rows() {
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      Update small = update(fleet, "small", SMALL);
      Update large = update(fleet, "large", LARGE);
      double more = (large.heldBytes - small.heldBytes) / 1e6;
      List<Row> rows = new ArrayList<>();
      rows.addAll(travels("32 MB", small));
      rows.addAll(travels("256 MB", large));
      rows.add(Row.alone("Memory of the agent over idle while it patches 32 MB, MB", held(small)));
      rows.add(
          Row.judged(
              "… 256 MB",
              held(large),
              Row.NONE,
              List.of(Goal.atMost(more, MEMORY_LIMIT, "%.1f more"))));
      return rows;
    }
  }

  private static String held(Update update) {
    return String.format(Locale.ROOT, "%+.1f", update.heldBytes / 1e6);
  }

  private static List<Row> travels(String size, Update update) {
    double share = (double) update.wireBytes / update.zstdBytes;
    return List.of(
        Row.judged(
            "int8 fine-tune of %s, bytes that travel; peer: the whole file by zstd".formatted(size),
            String.format(Locale.ROOT, "%,d", update.wireBytes),
            String.format(Locale.ROOT, "%,d", update.zstdBytes),
            List.of(Goal.atMost(share, SHARE_LIMIT, "%.3f ×"))),
        Row.alone(
            "… seconds to import, fit and release it; then until its difference is made",
            String.format(Locale.ROOT, "%.1f; %.1f", update.releaseSeconds, update.madeSeconds)));
  }

  private Update update(BenchFleet fleet, String name, int inner) {
    progress.accept("release the base and the fine-tune of " + name);
    MqttPull base = MqttPull.of(workshop, fleet, fleet.release(name, model(name, inner, 0)));
    Path file = model(name + "-tuned", inner, SIGMA);
    long from = System.nanoTime();
    Fields release = fleet.release(name + "-tuned", file);
    double seconds = (System.nanoTime() - from) / 1e9;
    from = System.nanoTime();
    fleet.awaitDifferences(release.string("id"));
    double made = (System.nanoTime() - from) / 1e9;
    MqttPull tuned = MqttPull.of(workshop, fleet, release);
    Device device = new Device(workshop, "bench-" + name);
    try (Server agent = device.connected(fleet, Map.of())) {
      fleet.desire(device.id(), base.release());
      fleet.awaitServing(device.id(), base.release());
      Until.sleep(SETTLE);
      progress.accept("update a device that serves " + name);
      Memory idle = agent.program().memory();
      fleet.desire(device.id(), tuned.release());
      Memory most = device.most(agent, tuned, idle, "an update by a difference");
      fleet.awaitServing(device.id(), tuned.release());
      return new Update(
          tuned.bytes(),
          zstd(file),
          fleet.wireBytes(device.id(), tuned.release()),
          seconds,
          made,
          most.anonymousBytes() - idle.anonymousBytes());
    }
  }

  private Path model(String name, int inner, double sigma) {
    return new NoiseModel(OUTER, inner, Weights.tuned(sigma))
        .write(workshop.cache().resolve("difference-" + name + ".onnx"));
  }

  private long zstd(Path file) {
    Path coded = workshop.scratch().resolve("whole.zst");
    List<String> command = List.of("zstd", "-q", "-f", file.toString(), "-o", coded.toString());
    Program.run("zstd", command, LIMIT, workshop.log("zstd"));
    try {
      return Files.size(coded);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + coded + " failed: " + e.getMessage(), e);
    }
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Weights: seeded, normal, int8 with frozen scales (a deviation is 32 codes); the fine-tune"
            + " moves each by 1e-3 deviations, which changes 2.5 % of the codes. A device that serves"
            + " the base gets the fine-tune over MQTT: bytes of all chunks, manifest and tables among"
            + " them. Peer: `zstd FILE`.",
        "Releasing: import, fit and signing of the fine-tune, as a user waits for it; its difference"
            + " is made behind that.",
        "Memory: RssAnon, the most of looks every 5 ms until the file is whole, over "
            + SETTLE.toSeconds()
            + " s idle with the base served; the goal is what the larger file takes more.");
  }
}
