/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
  private static final Artifact FILE = Artifact.ofChunks(21, 30);
  private static final Artifact NEWER_FILE = Artifact.ofChunks(22, 20);
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release first = controller.release("vae", 1, FILE);
  private final Release second = controller.release("vae", 2, NEWER_FILE);
  private Device device;

  @BeforeEach
  void start() throws IOException {
    device = new Device(home, controller);
  }

  @Test
  void servesWhatIsDesired() throws IOException {
    device.desired(1, Map.of("vae", first));
    device.settle();
    assertServes(first, SlotState.IDLE);
    assertEquals(1, device.reported().desiredSequence());
    assertEquals(31, device.slot("vae").chunksHave());
  }

  @Test
  void refusesADesiredStateThatIsNotSignedOrNotForItAndKeepsServing() throws IOException {
    serve(first);
    byte[] foreign = new FakeController().desired(Device.ID, 9, Map.of("vae", second));
    assertRefusal(FailureCode.SIGNATURE_INVALID, foreign);
    byte[] other = controller.desired(new DeviceId("garage"), 9, Map.of("vae", second));
    assertRefusal(FailureCode.WRONG_DEVICE, other);
    assertRefusal(FailureCode.SEQUENCE_TOO_OLD, controller.desired(Device.ID, 0, Map.of()));
    assertRefusal(FailureCode.NOT_JSON, "nonsense".getBytes(StandardCharsets.UTF_8));
    device.desired(2, Map.of("vae", second));
    assertEquals(Optional.empty(), device.reported().refusal());
  }

  private void assertRefusal(FailureCode code, byte[] desired) throws IOException {
    device.agent.arrived(Channel.DESIRED, desired);
    assertEquals(code, device.reported().refusal().orElseThrow().code());
    assertEquals(1, device.reported().desiredSequence());
    assertServes(first, SlotState.IDLE);
  }

  @Test
  void refusesAReleaseOfAnotherModel() throws IOException {
    serve(first);
    assertRejected(FailureCode.MALFORMED_PAYLOAD, controller.release("unet", 3, NEWER_FILE));
  }

  @Test
  void refusesAReleaseForAnotherProfile() throws IOException {
    serve(first);
    ArtifactName profile = new ArtifactName("other-board");
    assertRejected(
        FailureCode.WRONG_PROFILE,
        controller.release("vae", 3, NEWER_FILE, FakeController.golden(2), profile));
  }

  @Test
  void refusesAReleaseOlderThanOneItAccepted() throws IOException {
    serve(second);
    device.desired(5, Map.of("vae", first));
    device.settle();
    assertEquals(FailureCode.SEQUENCE_TOO_OLD, device.slot("vae").failure().orElseThrow().code());
    assertServes(second, SlotState.REJECTED);
  }

  @Test
  void refusesAReleaseWhoseGoldenOutputsDiffer() throws IOException {
    serve(first);
    assertRejected(
        FailureCode.GOLDEN_MISMATCH,
        controller.release(
            "vae", 3, NEWER_FILE, FakeController.golden(2.5f), FakeController.PROFILE));
    assertEquals(1, device.engine.openSessions());
  }

  @Test
  void refusesAReleaseThatDoesNotLoad() throws IOException {
    serve(first);
    Artifact broken = new Artifact("broken model".getBytes(StandardCharsets.US_ASCII));
    assertRejected(FailureCode.MODEL_DOES_NOT_LOAD, controller.release("vae", 3, broken));
  }

  @Test
  void refusesACorruptReleaseAndServesTheOldOne() throws IOException {
    serve(first);
    controller.corrupt((digest, index) -> digest.equals(NEWER_FILE.digest()) && index == 3);
    assertRejected(FailureCode.CHUNK_DIGEST_MISMATCH, second);
    assertTrue(device.slot("vae").failure().orElseThrow().message().contains("chunk 3 of 20"));
  }

  private void assertRejected(FailureCode code, Release bad) throws IOException {
    device.desired(2, Map.of("vae", bad));
    device.settle();
    assertEquals(code, device.slot("vae").failure().orElseThrow().code());
    assertServes(first, SlotState.REJECTED);
    device = new Device(home, controller);
    assertServes(first, SlotState.REJECTED);
  }

  @Test
  void aRefusedModelDoesNotHoldUpAnother() throws IOException {
    ArtifactName profile = new ArtifactName("other-board");
    Release bad = controller.release("bad", 1, FILE, FakeController.golden(2), profile);
    device.desired(1, Map.of("bad", bad));
    device.settle();
    device.desired(2, Map.of("bad", bad, "vae", second));
    device.settle();
    assertServes(second, SlotState.IDLE);
    assertEquals(Optional.empty(), device.reported().refusal());
    assertEquals(SlotState.REJECTED, device.slot("bad").state());
  }

  @Test
  void theNewerDesiredStateWinsDuringAFetch() throws IOException {
    device.desired(1, Map.of("vae", first));
    for (int i = 0; i < 4; i++) {
      device.step();
    }
    assertEquals(SlotState.FETCHING, device.slot("vae").state());
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(second, SlotState.IDLE);
    assertTrue(!names("blobs").contains(FILE.digest().hex()) && names("parts").isEmpty());
  }

  @Test
  void removesAModelThatIsNoLongerDesired() throws IOException {
    device.desired(1, Map.of("vae", first, "unet", controller.release("unet", 1, NEWER_FILE)));
    device.settle();
    assertEquals(2, device.models.all().size());
    device.desired(2, Map.of("vae", first));
    device.settle();
    assertServes(first, SlotState.IDLE);
    assertEquals(1, device.reported().slots().size());
    assertEquals(1, device.engine.openSessions());
    assertTrue(!names("blobs").contains(NEWER_FILE.digest().hex()));
  }

  @Test
  void asksAConnectionOnceForWhatWasAskedAfterItCameToStand() throws IOException {
    device.desired(1, Map.of("vae", first));
    device.link.take(Channel.CHUNK_REQUEST);
    device.connected();
    assertEquals(List.of(), device.link.take(Channel.CHUNK_REQUEST));
    device.pass(Duration.ofMillis(1));
    device.connected();
    assertEquals(1, device.link.take(Channel.CHUNK_REQUEST).size());
  }

  @Test
  void sendsAReportAgainUntilItIsAcknowledged() throws IOException {
    device.link.take(Channel.REPORTED);
    device.connected();
    byte[] report = device.link.last(Channel.REPORTED);
    device.link.take(Channel.REPORTED);
    device.pass(Duration.ofSeconds(5));
    device.pass(Duration.ofSeconds(9));
    assertArrayEquals(report, device.link.take(Channel.REPORTED).get(0));
    acknowledge(Channel.REPORTED, "someone else", Reported.parse(report).sequence());
    device.pass(Duration.ofSeconds(1));
    assertArrayEquals(report, device.link.take(Channel.REPORTED).get(0));
    acknowledge(Channel.REPORTED, "instance-1", Reported.parse(report).sequence());
    device.pass(Duration.ofMinutes(10));
    assertEquals(List.of(), device.link.take(Channel.REPORTED));
  }

  @Test
  void measurementsStayUnchangedUntilTheyAreAcknowledged() throws IOException {
    serve(first);
    device.metrics.recorded(device.models.find("vae").orElseThrow(), 1_000_000, 500);
    device.pass(Device.INTERVAL);
    byte[] report = device.link.last(Channel.METRICS);
    assertEquals(1, MetricsReport.parse(report).series().get(0).latency().count());
    device.metrics.recorded(device.models.find("vae").orElseThrow(), 2_000_000, 500);
    device.link.take(Channel.METRICS);
    for (int i = 0; i < 5; i++) {
      device.pass(Device.INTERVAL);
    }
    List<byte[]> again = device.link.take(Channel.METRICS);
    assertTrue(again.size() >= 2);
    again.forEach(sent -> assertArrayEquals(report, sent));
    acknowledge(Channel.METRICS, "instance-1", MetricsReport.parse(report).sequence());
    MetricsReport next = MetricsReport.parse(device.link.last(Channel.METRICS));
    assertEquals(1, next.series().get(0).latency().count());
    assertEquals(2_000_000, next.series().get(0).latency().sumNanos(), 100_000);
  }

  @Test
  void measuresNothingTwiceWhileNothingIsAskedOfIt() throws IOException {
    serve(first);
    device.pass(Device.INTERVAL);
    MetricsReport report = MetricsReport.parse(device.link.last(Channel.METRICS));
    acknowledge(Channel.METRICS, "instance-1", report.sequence());
    device.link.take(Channel.METRICS);
    for (int i = 0; i < 5; i++) {
      device.pass(Device.INTERVAL);
    }
    assertEquals(0, device.link.take(Channel.METRICS).size(), "unless memory grows by an eighth");
  }

  private void acknowledge(Channel channel, String instance, long sequence) throws IOException {
    device.agent.arrived(Channel.CMD, new Ack(channel, instance, sequence).encode());
  }

  private void serve(Release release) throws IOException {
    device.desired(1, Map.of("vae", release));
    device.settle();
    assertServes(release, SlotState.IDLE);
  }

  private void assertServes(Release release, SlotState state) {
    assertEquals(state, device.slot("vae").state());
    assertEquals(release.digest(), device.slot("vae").serving().orElseThrow().manifest());
    assertEquals(release.digest(), device.models.find("vae").orElseThrow().manifest());
  }

  private List<String> names(String folder) throws IOException {
    try (Stream<Path> all = Files.list(home.resolve(folder))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }
}
