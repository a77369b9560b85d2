/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent's process that serves release v1, on a real broker, and a release v2 for it. What was
 * seen of slow faults stands in {@code FAULTS.md}.
 */
abstract class FaultScene {
  static final DeviceId DEVICE = new DeviceId("kitchen");
  static final Topics TOPICS = new Topics("sagui", "default");

  private static final String BODY =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";

  private static final Path PAGE = Path.of("..", "FAULTS.md");
  private static final String HEAD =
      """
      # Faults

      Written by `FaultsIT` and its kind, which do each to an agent's process that serves release v1 and is told to serve v2.
      Faults of one kind share a number; seconds run from the fault, or from its end where it must end, to the outcome.

      | Fault | How | Outcome | Seconds |
      |---|---|---|---|
      """;
  private static final Map<String, String> ROWS = new TreeMap<>();
  private static boolean slow;

  /** Rows of all faults. */
  private static final int ALL = 76;

  private static final String NO_SELF_UPDATE =
      "| F22 self-update | none to fail: the agent is a package of its system | a kill is F1 | |";

  @TempDir Path folder;

  final Map<String, String> config = new TreeMap<>();
  final FakeController fake = new FakeController();
  TestBroker broker;
  ControllerOnWire controller;
  Release first;
  Release second;
  AgentProcess agent;
  private long faultNanos;

  @BeforeEach
  void setUp(TestInfo test) throws Exception {
    slow |= test.getTags().contains("slow");
    first = DoublingModel.release(fake, 1, DoublingModel.file(0), 2);
    second = DoublingModel.release(fake, 2, DoublingModel.file(8), 2);
    broker = new TestBroker(folder.resolve("broker"), 0);
    controller = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
    config.putAll(AgentProcess.config(folder, DEVICE, fake, broker));
    config.put("sagui.update.soak", "PT1S");
  }

  @AfterEach
  void end() throws Exception {
    if (agent != null) {
      agent.close();
    }
    controller.close();
    broker.close();
  }

  /** A run of all faults writes the page anew; one of some slow ones, their rows. */
  @AfterAll
  static void write() throws IOException {
    if (!slow) {
      return;
    }
    Map<String, String> rows = new TreeMap<>();
    if (ROWS.size() < ALL) {
      Files.readAllLines(PAGE).stream()
          .filter(line -> line.matches("\\| F\\d.*"))
          .forEach(row -> rows.put(key(row), row));
    }
    rows.putAll(ROWS);
    rows.put(key(NO_SELF_UPDATE), NO_SELF_UPDATE);
    Files.writeString(PAGE, HEAD + String.join("\n", rows.values()) + "\n");
  }

  /** By which rows are one fault done in one way, and in which they stand. */
  private static String key(String row) {
    String[] cells = row.split("\\|");
    return cells[1].replaceFirst("F(\\d) ", "F0$1 ") + cells[2];
  }

  /** The fault begins, or what ends it. */
  void mark() {
    faultNanos = System.nanoTime();
  }

  void row(String fault, String how, String outcome) {
    double seconds = (System.nanoTime() - faultNanos) / 1e9;
    String row =
        String.format(Locale.ROOT, "| %s | %s | %s | %.1f |", fault, how, outcome, seconds);
    ROWS.put(key(row), row);
  }

  void serveFirst(Path place, String... flags) throws Exception {
    want(1, first);
    agent = AgentProcess.start(place, config, List.of(flags));
    awaitCommitted("v1");
  }

  void want(long sequence, Release release) throws Exception {
    controller.want(fake.desired(DEVICE, sequence, Map.of("double", release)));
  }

  void awaitCommitted(String variant) throws Exception {
    awaitCommitted(variant, 60);
  }

  void awaitCommitted(String variant, int seconds) throws Exception {
    try {
      controller.awaitSlot(
          slot ->
              slot.state() == SlotState.IDLE
                  && slot.serving().filter(r -> r.variant().value().equals(variant)).isPresent(),
          seconds);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; the agent says " + agent.said(), e);
    }
  }

  String version() throws Exception {
    return version(folder);
  }

  /** The version that answers a request. */
  String version(Path place) throws Exception {
    return servedAt(new AgentProcess(agent.process(), place.resolve("home"), agent.log()).server());
  }

  String servedAt(URI server) throws Exception {
    String answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.resolve("/v2/models/double/infer"))
                    .POST(BodyPublishers.ofString(BODY))
                    .build(),
                BodyHandlers.ofString())
            .body();
    assertTrue(answer.contains("\"data\":[2.0,4.0,6.0,8.0]"), answer);
    return answer.replaceAll(".*\"model_version\":\"([^\"]+)\".*", "$1");
  }

  /** How often chunks of the second release's file were asked for. */
  long requestsForSecond() {
    return requestsFor(second.file().digest());
  }

  int chunksOfSecond() {
    return ChunkTable.count(second.file().sizeBytes());
  }

  /** Its chunks that were asked for before, as often; one that comes in parts is asked for once. */
  List<Integer> askedAgain() {
    List<Integer> again = new ArrayList<>();
    Set<Integer> asked = new HashSet<>();
    synchronized (fake) {
      fake.heard().stream()
          .filter(request -> request.artifact().equals(second.file().digest()))
          .filter(request -> request.part().map(ChunkRequest.Part::from).orElse(0) == 0)
          .flatMap(request -> request.missing().first(request.window()).indices().boxed())
          .filter(chunk -> !asked.add(chunk))
          .forEach(again::add);
    }
    return again;
  }

  /** How often it was parts of them. */
  long partsOfSecond() {
    synchronized (fake) {
      return fake.heard().stream()
          .filter(request -> request.artifact().equals(second.file().digest()))
          .filter(request -> request.part().isPresent())
          .count();
    }
  }

  long requestsFor(Digest artifact) {
    synchronized (fake) {
      return fake.heard().stream().filter(request -> request.artifact().equals(artifact)).count();
    }
  }

  static int run(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor();
  }
}
