/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** 200 MB over HTTP beside curl, and the check of 100 MB beside openssl. */
final class DeliveryHttp implements DeliveryBench.Part {
  private static final int ROUNDS = 5;
  private static final int CHECKS = 10;
  private static final long CHECKED_BYTES = 100_000_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;

  DeliveryHttp(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  @Override
  public List<Row> rows() {
    Path model = NoiseModel.OF_200_MB.write(workshop.cache().resolve("noise-200.onnx"));
    return List.of(pulls(model), checks(model));
  }

  private Row pulls(Path model) {
    Sample ours = new Sample();
    Sample theirs = new Sample();
    long bytes;
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      progress.accept("import, fit and release a model of 200 MB");
      MqttPull pull = MqttPull.of(workshop, fleet, fleet.release("noise", model));
      bytes = pull.bytes();
      String blobs = fleet.httpUrl() + "/api/v1/blobs/";
      for (int i = 0; i < ROUNDS; i++) {
        progress.accept("pull: round %d of %d".formatted(i + 1, ROUNDS));
        Map<String, String> http = Map.of("sagui.fetch.http", blobs + "{digest}");
        ours.add((long) (pull.agent("bench-http-" + i, http).seconds() * 1e9));
        if (withPeer) {
          theirs.add(curl(blobs + pull.digest(), pull.digest()));
        }
      }
    }
    return Row.beside(
            "HTTP pull of 200 MB, hashed and written, MB/s",
            "%.0f",
            rate(bytes, ours),
            theirs.size() == 0 ? OptionalDouble.empty() : OptionalDouble.of(rate(bytes, theirs)))
        .atLeast(0.8);
  }

  private static double rate(long bytes, Sample sample) {
    return bytes / 1e3 / sample.p10();
  }

  private Duration curl(String url, String digest) {
    Path file = workshop.scratch().resolve("curl");
    String script = "curl -sSf -o '%1$s' '%2$s' && sha256sum '%1$s'".formatted(file, url);
    long from = System.nanoTime();
    String said = run("curl", List.of("sh", "-c", script));
    Duration taken = Duration.ofNanos(System.nanoTime() - from);
    requireDigest(said, digest);
    return taken;
  }

  private static void requireDigest(String said, String digest) {
    if (!said.contains(digest)) {
      throw new BenchException("the file should be %s, found: %s".formatted(digest, said.strip()));
    }
  }

  private Row checks(Path model) {
    progress.accept("checks of 100 MB");
    Path file = head(model);
    Sample theirs = new Sample();
    String said = run("check", verify(file));
    double ours = Double.parseDouble(said.strip());
    for (int i = 0; withPeer && i < CHECKS; i++) {
      long from = System.nanoTime();
      run("openssl", List.of("openssl", "dgst", "-sha256", file.toString()));
      theirs.add(System.nanoTime() - from);
    }
    return Row.beside("Check of 100 MB, chunks and signature, ms", "%.1f", ours, theirs.findP10())
        .atMost(1.3);
  }

  private List<String> verify(Path file) {
    List<String> command = workshop.withAgent("CheckedChunks");
    command.addAll(List.of(file.toString(), Integer.toString(CHECKS)));
    return command;
  }

  private Path head(Path model) {
    Path file = workshop.scratch().resolve("head");
    try (var in = Files.newInputStream(model);
        var out = Files.newOutputStream(file)) {
      out.write(in.readNBytes((int) CHECKED_BYTES));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  private String run(String name, List<String> command) {
    return Program.run(name, command, LIMIT, workshop.log(name));
  }

  @Override
  public List<String> versions() {
    return withPeer
        ? List.of(
            "peers: "
                + run("curl", List.of("curl", "--version")).lines().findFirst().orElse("curl"),
            run("openssl", List.of("openssl", "version")).strip())
        : List.of();
  }

  @Override
  public List<String> notes() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Both sides in turns, 10th percentiles of %d pulls and of %d checks of each.",
            ROUNDS,
            CHECKS),
        "Pull: both from the controller's `/api/v1/blobs/DIGEST`; agent: from the first byte on disk"
            + " to the forced file under its final name; peer: `curl -o FILE URL && sha256sum FILE`,"
            + " which forces nothing.",
        "Check: `deploy/bench/CheckedChunks.java` reads the file chunk by chunk with the agent's"
            + " classes and flags, holds each against the chunk table and the table against a signed"
            + " manifest, warm; peer: `openssl dgst -sha256 FILE`, its start included.");
  }
}
