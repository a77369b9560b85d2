/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.Digest;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.device.UnderLoad;
import dev.sagui.failure.FailureCode;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bench jobs on an agent's process, over a real broker, with real models. */
class BenchIT {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Topics TOPICS = new Topics("sagui", "default");

  @TempDir Path folder;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, String> config = new TreeMap<>();
  private final FakeController fake = new FakeController();
  private TestBroker broker;
  private ControllerOnWire controller;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(folder.resolve("broker"), 0);
    controller = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
    open.push(controller);
    config.putAll(AgentProcess.config(folder, DEVICE, fake, broker));
    config.put("sagui.update.soak", "PT0S");
    config.put("sagui.bench.enabled", "true");
    config.put("sagui.bench.idle", "PT0S");
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    broker.close();
  }

  @Test
  void measuresWhatIsSignedOnceAndLeavesNothing() throws Exception {
    AgentProcess agent = agent();
    assertTrue(controller.awaitState(true).facts().orElseThrow().benches());
    byte[] first = job(1, DoublingModel.file(3), fake.key());
    assertRefused(
        job(7, DoublingModel.file(0), new SigningKey(SigningKey.generate())),
        FailureCode.SIGNATURE_INVALID);
    controller.offer(first);
    BenchReport report = controller.awaitBench();
    BenchResult result = report.outcome().result().orElseThrow(() -> failed(report));
    assertEquals("bench-1", report.job());
    assertEquals("1.29.0", result.runtime());
    assertEquals(0, result.differs());
    assertTrue(result.ratio().rounds() >= 36, result.toString());
    assertTrue(result.ratio().value() > 0.5 && result.ratio().value() < 2, result.toString());
    UnderLoad load = result.underLoad().orElseThrow();
    assertTrue(load.requests() > 1 && load.perSecond() == 20, load.toString());
    assertTrue(result.candidate().loadMillis() > 0 && result.peakBytes() > 0, result.toString());
    assertEquals(List.of(), scratch(agent));
    assertRefused(first, FailureCode.SEQUENCE_TOO_OLD);
    controller.offer(job(2, Artifact.ofChunks(1, 1), fake.key()));
    BenchReport second = controller.awaitBench();
    assertEquals("bench-2", second.job());
    assertEquals(BenchReport.Kind.FAILED, second.outcome().kind());
    assertEquals(FailureCode.MODEL_DOES_NOT_LOAD, second.outcome().code().orElseThrow());
  }

  @Test
  void aRequestEndsTheBenchAtOnce() throws Exception {
    FakeController.Release serving = DoublingModel.release(fake, 1, DoublingModel.file(0), 2);
    controller.want(fake.desired(DEVICE, 1, Map.of("double", serving)));
    AgentProcess agent = agent();
    controller.awaitSlot(slot -> slot.serving().isPresent());
    controller.offer(job(1, DoublingModel.file(3), fake.key()));
    awaitLog(agent, "bench=bench-1 state=RUNNING");
    ask(agent);
    BenchReport.Outcome outcome = controller.awaitBench().outcome();
    assertEquals(BenchReport.Kind.INTERRUPTED, outcome.kind(), outcome.toString());
    for (int i = 0; i < 1_000 && agent.children() > 0; i++) {
      Thread.sleep(5);
    }
    assertEquals(0, agent.children());
  }

  @Test
  void aBusyDeviceAndOneThatDidNotOptInDecline() throws Exception {
    config.put("sagui.bench.idle", "PT1H");
    AgentProcess agent = agent();
    controller.awaitState(true);
    controller.offer(job(1, DoublingModel.file(0), fake.key()));
    assertDeclined("answered a request");
    agent.close();
    config.remove("sagui.bench.enabled");
    agent();
    assertFalse(controller.awaitState(true).facts().orElseThrow().benches());
    controller.offer(job(2, DoublingModel.file(0), fake.key()));
    assertDeclined("sagui.bench.enabled");
  }

  @Test
  void whatAKilledAgentLeftOfABenchGoesWithItsNextStart() throws Exception {
    AgentProcess agent = agent();
    controller.awaitState(true);
    controller.offer(job(1, DoublingModel.file(3), fake.key()));
    awaitLog(agent, "bench=bench-1 state=RUNNING");
    agent.kill();
    assertFalse(scratch(agent).isEmpty());
    assertEquals(List.of(), scratch(agent()));
  }

  private static List<Path> scratch(AgentProcess agent) throws IOException {
    try (Stream<Path> left = Files.walk(agent.home().resolve("bench/scratch"))) {
      return left.filter(Files::isRegularFile).toList();
    }
  }

  /** By the digest of what was sent, for nothing in it is believed. */
  private void assertRefused(byte[] job, FailureCode why) throws Exception {
    controller.offer(job);
    BenchReport report = controller.awaitBench();
    assertEquals(Digest.of(job).hex(), report.job());
    assertEquals(BenchReport.Kind.DECLINED, report.outcome().kind());
    assertTrue(report.outcome().reason().startsWith(why.name()), report.outcome().reason());
  }

  private void assertDeclined(String why) throws InterruptedException {
    BenchReport.Outcome outcome = controller.awaitBench().outcome();
    assertEquals(BenchReport.Kind.DECLINED, outcome.kind());
    assertTrue(outcome.reason().contains(why), outcome.reason());
  }

  private AgentProcess agent() throws Exception {
    AgentProcess agent = AgentProcess.start(folder.resolve("agent"), config);
    open.push(agent);
    return agent;
  }

  private byte[] job(long sequence, Artifact candidate, SigningKey key) throws IOException {
    return key.sign(
        new BenchJob(
            DEVICE,
            "bench-" + sequence,
            sequence,
            part(DoublingModel.release(fake, 0, candidate, 2)),
            part(DoublingModel.release(fake, 0, DoublingModel.file(0), 2)),
            2,
            20));
  }

  private static BenchJob.Part part(FakeController.Release release) {
    return new BenchJob.Part(release.digest(), release.signed().bytes().length);
  }

  private static AssertionError failed(BenchReport report) {
    return new AssertionError(report.outcome().toString());
  }

  private static void awaitLog(AgentProcess agent, String line) throws Exception {
    for (int i = 0; i < 2_000 && !agent.said().contains(line); i++) {
      Thread.sleep(5);
    }
    assertTrue(agent.said().contains(line), agent.said());
  }

  private static void ask(AgentProcess agent) throws Exception {
    String body =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";
    URI url = agent.server().resolve("/v2/models/double/infer");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
  }
}
