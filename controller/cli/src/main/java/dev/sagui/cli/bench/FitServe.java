/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What requests wait when they come to a device that measures a variant for a fit, beside a device
 * that was as idle and measures nothing.
 */
final class FitServe implements Benchmark {
  private static final String NAME = "fit-serve";
  private static final int CYCLES = 30;
  private static final int PER_SECOND = 10;

  /** To each side: both have been asked when the device is offered a job again, 3 s later. */
  private static final int REQUESTS = 12;

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(5);

  /** For a bench that was answered for to be deleted. */
  private static final Duration GONE = Duration.ofMillis(500);

  /** A bench that is let alone takes longer. */
  private static final int LONGEST_RUN_MILLIS = 1_000;

  private static final List<String> NOTES =
      List.of(
          "Two agents serve the VAE decoder; one opted in to bench jobs, and the controller keeps"
              + " offering it one. Each time its bench runs, it is asked after 0 to 1 s (seeded): a JVM"
              + " that starts, models that load, or two models that run in turn.",
          REQUESTS
              + " requests at "
              + PER_SECOND
              + " a second over a new connection, then, when the bench that they ended is"
              + " answered for and gone, as many to the other agent, which had been idle too; latencies count"
              + " from the time that a request was due.",
          "Peer: the agent that measures nothing. Target: p95 of all requests, the first after"
              + " idle among them, within 5 % or 1 ms of it.");

  private final Workshop workshop;
  private final Consumer<String> progress;
  private final SplittableRandom random = new SplittableRandom(7);
  private final Requests requests = new Requests("vae-decoder", "z", 1, 32);

  /** One agent's latencies. */
  private record Side(Server agent, Sample all, Sample first) {
    static Side of(Server agent) {
      return new Side(agent, new Sample(), new Sample());
    }
  }

  FitServe(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "latency of a device that measures for a fit, beside one that is left alone";
  }

  @Override
  public Table run(LocalDate today) {
    Device benching = new Device(workshop, "benching");
    Device idle = new Device(workshop, "idle");
    Map<String, String> willing =
        Map.of("sagui.bench.enabled", "true", "sagui.bench.idle", "PT0.2S");
    try (BenchFleet fleet = BenchFleet.start(workshop, NAME)) {
      progress.accept("import, fit, release, deliver to two agents");
      Path onnx = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
      String release = fleet.release(requests.model(), onnx).string("id");
      try (Server a = benching.connected(fleet, willing);
          Server b = idle.connected(fleet)) {
        for (Device device : List.of(benching, idle)) {
          fleet.desire(device.id(), release);
          fleet.awaitServing(device.id(), release);
        }
        return table(today, fleet, Side.of(a), Side.of(b));
      }
    }
  }

  private Table table(LocalDate today, BenchFleet fleet, Side benching, Side idle) {
    for (Side side : List.of(benching, idle)) {
      burst(side.agent(), new Sample(), new Sample());
    }
    fleet.measure(requests.model());
    Log log = new Log(workshop.log("agent benching"));
    for (int cycle = 1; cycle <= CYCLES; cycle++) {
      progress.accept("bench %d of %d".formatted(cycle, CYCLES));
      log.awaitRunning(benching.agent().program());
      Until.sleep(Duration.ofMillis(random.nextInt(LONGEST_RUN_MILLIS)));
      burst(benching.agent(), benching.all(), benching.first());
      log.awaitEnded(benching.agent().program());
      Until.sleep(GONE);
      burst(idle.agent(), idle.all(), idle.first());
    }
    Machine machine = Machine.here(today, List.of("JDK " + Runtime.version()));
    return new Table(
        "Serving while a device measures",
        machine,
        "./sagui bench " + NAME,
        rows(benching, idle, log.interrupted()),
        NOTES);
  }

  /** Open loop: a request that waits does not delay when the next one is due. */
  private void burst(Server agent, Sample all, Sample first) {
    long start = System.nanoTime();
    byte[] request = requests.agentBinary();
    try (HttpConnection connection = agent.connect()) {
      Load load = new Load(connection, request);
      for (int i = 0; i < REQUESTS; i++) {
        long due = start + i * 1_000_000_000L / PER_SECOND;
        Until.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        int status = load.send().status();
        long waited = System.nanoTime() - due;
        if (status != 200) {
          throw new BenchException("a request was answered with " + status);
        }
        all.add(waited);
        if (i == 0) {
          first.add(waited);
        }
      }
    }
  }

  private static List<Row> rows(Side benching, Side idle, long interrupted) {
    String all = "p%%d of %d requests, 10 a second, ms".formatted(benching.all().size());
    String first = "p%%d of the %d first after idle, ms".formatted(benching.first().size());
    return List.of(
        row(all, 50, benching.all(), idle.all()),
        row(all, 95, benching.all(), idle.all()).atMost(limit(idle.all().percentileMillis(95))),
        row(first, 50, benching.first(), idle.first()),
        row(first, 95, benching.first(), idle.first()),
        Row.alone("Benches that a request ended", Long.toString(interrupted)));
  }

  private static Row row(String what, int percent, Sample ours, Sample theirs) {
    return Row.beside(
        what.formatted(percent),
        "%.2f",
        ours.percentileMillis(percent),
        OptionalDouble.of(theirs.percentileMillis(percent)));
  }

  /** 5 % or 1 ms more. */
  private static double limit(double millis) {
    double ratio = Math.max(1.05, (millis + 1) / millis);
    return Math.round(100 * ratio) / 100.0;
  }

  /** An agent's log, where each bench that runs and each that ended stands in a line. */
  private static final class Log {
    private final Path file;
    private long seen;

    Log(Path file) {
      this.file = file;
    }

    void awaitRunning(Program agent) {
      seen =
          Until.present(
              "a bench to run",
              agent,
              LIMIT,
              PAUSE,
              () -> Optional.of(lines("state=RUNNING")).filter(count -> count > seen));
    }

    /** Waits until what is running has its outcome. */
    void awaitEnded(Program agent) {
      Until.present(
          "a bench to end", agent, LIMIT, PAUSE, () -> last().filter(l -> l.contains("outcome=")));
    }

    long interrupted() {
      return lines("outcome=INTERRUPTED");
    }

    private long lines(String containing) {
      return benches().stream().filter(line -> line.contains(containing)).count();
    }

    private Optional<String> last() {
      List<String> all = benches();
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    private List<String> benches() {
      try {
        return Files.readAllLines(file).stream().filter(line -> line.contains("bench=")).toList();
      } catch (IOException e) {
        throw new BenchException("reading " + file + " failed: " + e.getMessage(), e);
      }
    }
  }
}
