/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** One model served by an agent and by the peer: start, memory, latency. */
final class ServePart {
  private static final int TURN = 25;

  private final BenchFleet fleet;
  private final Optional<Peer> peer;
  private final Subject subject;
  private final Device device;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  ServePart(
      Workshop workshop,
      BenchFleet fleet,
      Optional<Peer> peer,
      Subject subject,
      Consumer<String> progress) {
    this.fleet = fleet;
    this.peer = peer;
    this.subject = subject;
    this.device = new Device(workshop, "bench-" + subject.model());
    this.progress = progress;
  }

  List<Row> run() {
    rows.add(start(0.9));
    loads();
    return rows;
  }

  /** From the making of a process to its first answer. */
  Row start(double limit) {
    deliver();
    return starts().atMost(limit);
  }

  private void deliver() {
    progress.accept(subject.title() + ": import, fit, release, deliver");
    String release = fleet.release(subject.model(), subject.onnx()).string("id");
    try (Server agent = device.connected(fleet)) {
      fleet.desire(device.id(), release);
      fleet.awaitServing(device.id(), release);
      agent.firstAnswer(subject.requests().agentJson());
    }
  }

  private Row starts() {
    progress.accept("%s: %d starts of each side".formatted(subject.title(), Subject.STARTS));
    Sample ours = new Sample();
    Sample theirs = new Sample();
    for (int i = 0; i < Subject.STARTS; i++) {
      try (Server agent = device.alone(fleet)) {
        ours.add(agent.firstAnswer(subject.requests().agentJson()));
      }
      startPeer().ifPresent(server -> firstAnswer(server, theirs));
    }
    String what = "Start to first answered inference, %s, ms".formatted(subject.title());
    return Row.beside(what, "%.0f", ours.p10(), theirs.findP10());
  }

  private void firstAnswer(Server server, Sample into) {
    try (server) {
      into.add(server.firstAnswer(subject.requests().peerJson("/predict")));
    }
  }

  private Optional<Server> startPeer() {
    return peer.map(
        python -> {
          int port = Workshop.freePort();
          long from = System.nanoTime();
          return new Server(python.serve(subject.onnx(), port), port, from);
        });
  }

  private void loads() {
    progress.accept("%s: %d inferences".formatted(subject.title(), subject.inferences()));
    try (Server agent = device.connected(fleet)) {
      agent.firstAnswer(subject.requests().agentJson());
      fleet.awaitOnline(device.id());
      Optional<Server> python = startPeer();
      try {
        load(agent, python);
      } finally {
        python.ifPresent(Server::close);
      }
    }
  }

  private void load(Server agent, Optional<Server> python) {
    if (python.isPresent()) {
      beside(agent, python.get());
    } else {
      alone(agent);
    }
  }

  /** New connections for the timed turns: a server may have closed one that was idle for long. */
  private void beside(Server agent, Server python) {
    python.firstAnswer(subject.requests().peerJson("/predict"));
    try (HttpConnection ours = agent.connect();
        HttpConnection theirs = python.connect()) {
      Load.together(subject.warm(), ours(ours), theirs(theirs, "/predict"));
    }
    try (HttpConnection ours = agent.connect();
        HttpConnection theirs = python.connect()) {
      Answers.requireSame(ours(ours).send().body(), theirs(theirs, "/predict").send().body());
      Sample oursTimed = new Sample();
      Sample theirsTimed = new Sample();
      Load.interleave(
          subject.timed(), TURN, ours(ours), oursTimed, theirs(theirs, "/predict"), theirsTimed);
      memory(agent, Optional.of(python));
      latency(oursTimed, theirsTimed);
      others(ours(ours), theirs(theirs, "/predict/direct"));
    }
  }

  private Load ours(HttpConnection connection) {
    return new Load(connection, subject.requests().agentJson());
  }

  private Load theirs(HttpConnection connection, String route) {
    return new Load(connection, subject.requests().peerJson(route));
  }

  private void alone(Server agent) {
    Sample timed = new Sample();
    try (HttpConnection connection = agent.connect()) {
      ours(connection).run(subject.warm(), new Sample());
      ours(connection).run(subject.timed(), timed);
    }
    memory(agent, Optional.empty());
    latency(timed, new Sample());
  }

  private void memory(Server agent, Optional<Server> python) {
    requireMetrics(agent);
    Memory ours = agent.program().memory();
    Optional<Memory> theirs = python.map(server -> server.program().memory());
    String what =
        String.format(
            Locale.ROOT, "RSS after %,d inferences, %s, MB", subject.inferences(), subject.title());
    double resident = ours.residentMegabytes();
    OptionalDouble peerResident = number(theirs.map(Memory::residentMegabytes));
    rows.add(Row.beside(what, "%.1f", resident, peerResident).atMost(subject.rssLimit()));
    OptionalDouble peerAnonymous = number(theirs.map(Memory::anonymousMegabytes));
    rows.add(Row.beside("… of it anonymous, MB", "%.1f", ours.anonymousMegabytes(), peerAnonymous));
  }

  private static OptionalDouble number(Optional<Double> value) {
    return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
  }

  private static void requireMetrics(Server agent) {
    try (HttpConnection connection = agent.connect()) {
      byte[] body = new Load(connection, HttpConnection.get("/metrics")).send().body();
      if (!new String(body, StandardCharsets.UTF_8).contains("sagui_inference_latency_seconds")) {
        throw new BenchException("the agent's /metrics has no sagui_inference_latency_seconds");
      }
    }
  }

  private void latency(Sample ours, Sample theirs) {
    String what = "HTTP %s, one client, JSON, %s, ms";
    String p50 = what.formatted("p50", subject.title());
    rows.add(Row.beside(p50, "%.3f", ours.p50(), p50(theirs)).atMost(0.4));
    String p10 = what.formatted("p10", subject.title());
    rows.add(Row.beside(p10, "%.3f", ours.p10(), theirs.findP10()));
  }

  private void others(Load ours, Load direct) {
    Sample binary = new Sample();
    Sample json = new Sample();
    Load tensors = new Load(ours.connection(), subject.requests().agentBinary());
    Load.interleave(Math.min(subject.timed(), 1000), TURN, tensors, binary, direct, json);
    String what =
        "HTTP p50, agent binary tensors, peer JSONResponse, %s, ms".formatted(subject.title());
    rows.add(Row.beside(what, "%.3f", binary.p50(), p50(json)));
  }

  private static OptionalDouble p50(Sample sample) {
    return sample.size() == 0 ? OptionalDouble.empty() : OptionalDouble.of(sample.p50());
  }
}
