/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.json.Fields;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** How soon a model serves: a session of 402 MB, and the agent's own cold start. */
final class DeliveryStart implements DeliveryBench.Part {
  private static final ChainModel CHAIN = new ChainModel(24, 2048);
  private static final int ROUNDS = 3;

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;

  DeliveryStart(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  /** One session's creation. */
  private record Opened(double createMillis, double anonymousMegabytes, double runMillis) {
    static Opened of(Fields said) {
      return new Opened(
          said.number("create_ms"), said.number("anonymous_mb"), said.number("run_ms"));
    }
  }

  @Override
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>(sessions());
    rows.add(coldStart());
    return rows;
  }

  private List<Row> sessions() {
    Path external = CHAIN.write(workshop.cache().resolve("chain"));
    Path whole = inOneFile(external);
    List<Opened> ours = new ArrayList<>();
    List<Opened> theirs = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      progress.accept("sessions: round %d of %d".formatted(i + 1, ROUNDS));
      ours.add(open("agent", external));
      theirs.add(open("default", whole));
    }
    Opened best = fastest(ours);
    Opened peer = fastest(theirs);
    return List.of(
        row("Session of a model of 402 MB, creation, ms", best.createMillis, peer.createMillis)
            .atMost(0.02),
        row(
                "… anonymous memory of the process after a run, MB",
                best.anonymousMegabytes,
                peer.anonymousMegabytes)
            .atMost(0.1),
        row("… a run, ms", best.runMillis, peer.runMillis));
  }

  private static Row row(String what, double ours, double peer) {
    return Row.beside(what, "%.1f", ours, OptionalDouble.of(peer));
  }

  private static Opened fastest(List<Opened> all) {
    return all.stream().min(Comparator.comparingDouble(Opened::createMillis)).orElseThrow();
  }

  private static Path inOneFile(Path external) {
    Path whole = external.resolveSibling("whole.onnx");
    try {
      if (!Files.exists(whole)) {
        ModelWriter.writeOne(OnnxModel.open(external), whole);
      }
      return whole;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + whole + " failed: " + e.getMessage(), e);
    }
  }

  private Opened open(String how, Path model) {
    List<String> command = workshop.withAgent("SessionStart");
    command.addAll(List.of(how, model.toString(), "x0", "2048"));
    command.add(workshop.scratch().resolve("native").toString());
    return Opened.of(MqttPull.said(workshop, "session " + how, command));
  }

  private Row coldStart() {
    Optional<Peer> peer = withPeer ? Optional.of(Peer.install(workshop)) : Optional.empty();
    Path onnx = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
    Requests requests = new Requests("vae-decoder", "z", 1, 32);
    Subject subject = new Subject("VAE decoder", onnx, requests, 0, 0, 1);
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      return new ServePart(workshop, fleet, peer, subject, progress).start(0.85);
    }
  }

  @Override
  public List<String> versions() {
    return withPeer ? List.of(Peer.install(workshop).versions()) : List.of();
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Session: 24 MatMuls of 2048 x 2048 in float32, `deploy/bench/SessionStart.java` in turns;"
            + " the faster of "
            + ROUNDS
            + " creations with what belongs to it. Agent: weights beside the model, as the"
            + " controller writes them, opened by the agent's engine; peer: ONNX Runtime's Java API"
            + " with its default options on the same model in one file. Both page-cached.",
        "Start: as in `first-light`, of a committed model, to the first answered inference;"
            + " 10th percentile of "
            + Subject.STARTS
            + "; the agent's class archive is made when it is installed.");
  }
}
