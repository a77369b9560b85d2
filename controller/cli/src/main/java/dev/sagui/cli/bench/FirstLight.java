/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The agent beside a FastAPI server, the pull beside stock Paho, the controller's own cost. */
final class FirstLight implements Benchmark {
  private static final String NAME = "first-light";
  private static final String SUMMARY =
      "agent against FastAPI + onnxruntime, MQTT pull against stock Paho, the controller's cost";

  private static final List<String> NOTES =
      List.of(
          "Ratio = Sagui to peer of this run; both sides are run in turns. Starts: 10th percentile of "
              + Subject.STARTS
              + "; pulls: the fastest of 3; controller starts: the fastest of 4.",
          "Peer of serving: `deploy/bench/fastapi_peer.py`, one intra-op thread as the agent has,"
              + " returning a dict; the same values are sent to both, and the answers are compared first.",
          "Agent: MQTT connected, metrics on, reports every 5 s. Start: a committed model, a broker"
              + " that nobody reaches, from the making of the process to the first 200 of an inference.",
          "PP-OCRv4 det is asked with [1, 3, 160, 160]; 2,700 of its 3,000 inferences run on both"
              + " sides at once, as only memory is looked at.",
          "Peer of the pull: `deploy/bench/StockPahoPull.java` receives the chunks and drops them;"
              + " the agent gets them entropy-coded, decodes, checks, hashes, writes and forces them."
              + " Both are fresh JVMs; the broker is the controller's own and shares the CPUs.");

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  FirstLight(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return SUMMARY;
  }

  @Override
  public Table run(LocalDate today) {
    Optional<Peer> peer = withPeer ? Optional.of(installed()) : Optional.empty();
    ControllerPart controller = new ControllerPart();
    progress.accept("controller: starts");
    try (BenchFleet fleet = controller.start(workshop)) {
      part("Serving of the VAE decoder", () -> serve(fleet, peer, decoder()));
      String after = ControllerPart.text(fleet.program().memory());
      part("Serving of PP-OCRv4 det", () -> serve(fleet, peer, detector()));
      part("MQTT pull", () -> new PullPart(workshop, fleet, withPeer, progress).run());
      rows.addAll(controller.rows(after));
    }
    String command = "./sagui bench " + NAME + (withPeer ? " --peer" : "");
    Machine machine = Machine.here(today, versions(peer));
    return new Table("First light", machine, command, rows, NOTES);
  }

  private Peer installed() {
    progress.accept("peer: a Python environment with fastapi, uvicorn, onnxruntime");
    return Peer.install(workshop);
  }

  private void part(String what, Supplier<List<Row>> measure) {
    try {
      rows.addAll(measure.get());
    } catch (RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      progress.accept(what + " failed: " + reason);
      rows.add(Row.failed(what, reason));
    }
  }

  private List<Row> serve(BenchFleet fleet, Optional<Peer> peer, Subject subject) {
    return new ServePart(workshop, fleet, peer, subject, progress).run();
  }

  private Subject decoder() {
    Path onnx = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
    return new Subject("VAE decoder", onnx, new Requests("vae-decoder", "z", 1, 32), 0, 3000, 1.3);
  }

  private Subject detector() {
    Requests requests = new Requests("pp-ocrv4-det", "x", 1, 3, 160, 160);
    return new Subject("PP-OCRv4 det", OcrModel.fetch(workshop), requests, 2700, 300, 1.0);
  }

  private static List<String> versions(Optional<Peer> peer) {
    List<String> versions = new ArrayList<>();
    versions.add("JDK " + Runtime.version());
    versions.add("Linux " + System.getProperty("os.version"));
    peer.map(Peer::versions).ifPresent(versions::add);
    return versions;
  }
}
