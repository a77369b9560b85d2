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
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of the launcher's flags, on a real broker, with real models. */
class AgentIT {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Topics TOPICS = new Topics("sagui", "default");
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";

  @TempDir Path folder;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, String> config = new TreeMap<>();
  private final FakeController fake = new FakeController();
  private final HttpClient http = HttpClient.newHttpClient();
  private TestBroker broker;
  private ControllerOnWire controller;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(folder.resolve("broker"), 0);
    controller = connect();
    config.putAll(AgentProcess.config(folder, DEVICE, fake, broker));
    config.put("sagui.update.soak", "PT1S");
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    broker.close();
  }

  private ControllerOnWire connect() throws Exception {
    ControllerOnWire made = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
    open.push(made);
    return made;
  }

  @Test
  void pullsTriesServesAndReportsARelease() throws Exception {
    want(1, release(1, DoublingModel.file(0)));
    agent();
    DeviceState birth = controller.awaitState(true);
    assertTrue(birth.facts().isPresent());
    Reported.Slot slot = awaitServing("v1");
    assertEquals(slot.chunksTotal(), slot.chunksHave());
    assertTrue(slot.wireBytes() > 0);
    assertAnswers("v1");
    int before = controller.reportsHeard();
    Thread.sleep(6_000); // an unacknowledged report is sent again after 5 s
    assertEquals(before, controller.reportsHeard());
  }

  @Test
  void refusesACorruptReleaseByItsChunkWhileTheOldServes() throws Exception {
    want(1, release(1, DoublingModel.file(0)));
    agent();
    awaitServing("v1");
    FakeController.Release next = release(2, DoublingModel.file(3));
    Digest file = next.file().digest();
    synchronized (fake) {
      fake.corrupt((artifact, index) -> artifact.equals(file) && index == 1);
    }
    want(2, next);
    Reported.Slot refused = controller.awaitSlot(slot -> slot.state() == SlotState.REJECTED);
    Reported.Failure failure = refused.failure().orElseThrow();
    assertEquals(FailureCode.CHUNK_DIGEST_MISMATCH, failure.code());
    assertTrue(failure.message().contains("model.onnx"), failure.message());
    assertTrue(failure.message().contains("chunk 1"), failure.message());
    assertEquals("v1", refused.serving().orElseThrow().variant().value());
    assertAnswers("v1");
  }

  @Test
  void servesBeforeTheBrokerIsThereAndResumesAPullThatWasKilled() throws Exception {
    want(1, release(1, DoublingModel.file(0)));
    config.put("sagui.fetch.rate", "200000");
    AgentProcess agent = agent();
    awaitServing("v1");
    FakeController.Release next = release(2, DoublingModel.file(8));
    Digest file = next.file().digest();
    want(2, next);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 3);
    agent.kill();
    int port = broker.port();
    controller.close();
    broker.close();
    synchronized (fake) {
      fake.heard().clear();
    }

    agent();
    assertAnswers("v1"); // nobody is on the broker's port
    broker = new TestBroker(folder.resolve("broker"), port);
    controller = connect();
    awaitServing("v2");
    assertAnswers("v2");
    synchronized (fake) {
      ChunkRequest first =
          fake.heard().stream().filter(r -> r.artifact().equals(file)).findFirst().orElseThrow();
      assertFalse(first.missing().contains(0), "chunk 0 was here, and asked for again");
    }
  }

  @Test
  void saysGoodbyeWhenToldToEnd() throws Exception {
    Process agent = agent().process();
    controller.awaitState(true);
    agent.destroy();
    assertTrue(agent.waitFor(20, TimeUnit.SECONDS));
    controller.awaitState(false);
    assertFalse(Files.exists(folder.resolve("home/agent.json")));
  }

  @Test
  void leavesItsWillWhenKilled() throws Exception {
    AgentProcess agent = agent();
    DeviceState birth = controller.awaitState(true);
    agent.kill();
    assertEquals(birth.instance(), controller.awaitState(false).instance());
  }

  private void want(long sequence, FakeController.Release release) throws Exception {
    controller.want(fake.desired(DEVICE, sequence, Map.of("double", release)));
  }

  private Reported.Slot awaitServing(String variant) throws InterruptedException {
    return controller.awaitSlot(
        slot ->
            slot.state() == SlotState.IDLE
                && slot.serving().filter(r -> r.variant().value().equals(variant)).isPresent());
  }

  private FakeController.Release release(long sequence, Artifact model) {
    return DoublingModel.release(fake, sequence, model, 2);
  }

  private void assertAnswers(String version) throws Exception {
    URI server =
        URI.create(
            Fields.parse(Files.readAllBytes(folder.resolve("home/agent.json")))
                .string("serve_url"));
    String answer =
        http.send(
                HttpRequest.newBuilder(server.resolve("/v2/models/double/infer"))
                    .POST(BodyPublishers.ofString(BODY))
                    .build(),
                BodyHandlers.ofString())
            .body();
    assertTrue(answer.contains("\"model_version\":\"" + version + "\""), answer);
    assertTrue(answer.contains("\"data\":[2.0,4.0,6.0,8.0]"), answer);
  }

  private AgentProcess agent() throws Exception {
    AgentProcess agent = AgentProcess.start(folder, config);
    open.push(agent);
    return agent;
  }
}
