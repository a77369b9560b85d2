/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.config.MaintenanceWindow;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.update.Effort;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Channel;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trial and probation: what a new release must show, and what serves meanwhile. */
class ProvingTest {
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release first = controller.release("vae", 1, Artifact.ofChunks(41, 3));
  private final Release second = controller.release("vae", 2, Artifact.ofChunks(42, 3));
  private final Release third = controller.release("vae", 3, Artifact.ofChunks(43, 3));
  private Device device;

  @BeforeEach
  void serveTheFirst() throws IOException {
    device = new Device(home, controller);
    device.desired(1, Map.of("vae", first));
    device.settle();
    assertServes(first, SlotState.IDLE);
  }

  @Test
  void servesOnProbationBesideTheCommittedModelAndIsThenCommitted() throws IOException {
    prove(second);
    assertServes(second, SlotState.PROBATION);
    assertEquals(2, device.engine.openSessions());
    device.settle();
    assertServes(second, SlotState.IDLE);
    assertEquals(1, device.engine.openSessions());
  }

  @Test
  void servesInsteadOfTheCommittedModelWhenMemoryIsShort() throws IOException {
    device.trials.modelBytes(200 << 20);
    device.freeMemory(250 << 20);
    prove(second);
    assertServes(second, SlotState.PROBATION);
    assertEquals(1, device.engine.openSessions());
    fail(20);
    device.settle();
    assertServes(first, SlotState.ROLLED_BACK);
    assertEquals(1, device.engine.openSessions());
  }

  @Test
  void goesBackWhenRequestsFailOnProbation() throws IOException {
    prove(second);
    fail(20);
    device.settle();
    assertServes(first, SlotState.ROLLED_BACK);
    assertEquals(FailureCode.INFERENCE_FAILED, code());
    device = new Device(home, controller);
    assertServes(first, SlotState.ROLLED_BACK);
  }

  @Test
  void badRequestsOfClientsAreNotHeldAgainstIt() throws IOException {
    prove(second);
    for (int i = 0; i < 50; i++) {
      device.metrics.failed(device.models.find("vae").orElseThrow(), FailureCode.BAD_TENSOR);
    }
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aTrialThatCrashesIsRepeatedAndTheThirdCrashQuarantines() throws IOException {
    device.trials.crash(Effort.MAX_TRIES - 1);
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(second, SlotState.IDLE);
    device.trials.crash(Effort.MAX_TRIES);
    device.desired(3, Map.of("vae", third));
    device.settle();
    assertServes(second, SlotState.QUARANTINED);
    assertEquals(FailureCode.MODEL_CRASHED, code());
  }

  @Test
  void theNewerReleaseWinsOverATrialThatHangs() throws IOException {
    device.trials.hang(true);
    device.desired(2, Map.of("vae", second));
    for (int i = 0; i < 100; i++) {
      device.step();
    }
    assertServes(first, SlotState.TRYING);
    device.trials.hang(false);
    device.desired(3, Map.of("vae", third));
    device.settle();
    assertServes(third, SlotState.IDLE);
  }

  @Test
  void theNewerReleaseWinsOverProbationAndTheCommittedOneServesMeanwhile() throws IOException {
    prove(second);
    device.desired(3, Map.of("vae", third));
    assertServes(first, SlotState.FETCHING);
    device.settle();
    assertServes(third, SlotState.IDLE);
    assertEquals(1, device.engine.openSessions());
  }

  @Test
  void cancellingOnProbationGoesBackToTheCommittedModel() throws IOException {
    prove(second);
    device.desired(3, Map.of("vae", first));
    assertServes(first, SlotState.IDLE);
    assertEquals(1, device.engine.openSessions());
  }

  @Test
  void deletingOnProbationEndsEverySession() throws IOException {
    prove(second);
    device.desired(3, Map.of());
    assertEquals(0, device.engine.openSessions());
    assertTrue(device.reported().slots().isEmpty());
  }

  @Test
  void waitsForMemoryAndGoesOnByItself() throws IOException {
    device.trials.starve(1);
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(first, SlotState.WAITING);
    assertEquals(FailureCode.OVER_RAM_BUDGET, code());
    device.pass(Duration.ofSeconds(61));
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void waitsForItsWindowAndGoesOnByItself() throws IOException {
    device = new Device(home, controller, MaintenanceWindow.parse("01:00-02:00"));
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(first, SlotState.WAITING);
    assertEquals(FailureCode.OUTSIDE_WINDOW, code());
    device.pass(Duration.ofMinutes(59));
    assertServes(first, SlotState.WAITING);
    device.pass(Duration.ofMinutes(2));
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void waitsForTheBrokerAfterTwoMinutesAndGoesOnWhenItIsBack() throws IOException {
    device.link.cut(true);
    device.desired(2, Map.of("vae", second));
    device.pass(Duration.ofSeconds(121));
    device.pass(Duration.ofSeconds(1));
    device.link.cut(false);
    device.connected();
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void saysThatItWaitsForAControllerThatDoesNotAnswer() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.pass(Duration.ofSeconds(121));
    assertServes(first, SlotState.WAITING);
    assertEquals(FailureCode.UNREACHABLE, code());
    device.link.take(Channel.CHUNK_REQUEST);
    device.pass(Duration.ofSeconds(61));
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void restartsOnProbationCountAndTheThirdQuarantines() throws IOException {
    device.desired(2, Map.of("vae", second));
    for (int i = 0; i < Effort.MAX_TRIES; i++) {
      device.prove();
      assertServes(second, SlotState.PROBATION);
      device = new Device(home, controller);
      assertEquals(first.digest(), device.models.find("vae").orElseThrow().manifest());
    }
    assertServes(first, SlotState.QUARANTINED);
    assertEquals(FailureCode.MODEL_CRASHED, code());
  }

  @Test
  void endsThatTheAgentWasToldToDoNotCount() throws IOException {
    device.desired(2, Map.of("vae", second));
    for (int i = 0; i < 2 * Effort.MAX_TRIES; i++) {
      device.prove();
      device.agent.end();
      device = new Device(home, controller);
    }
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aCommittedModelThatTakesTheAgentDownAtItsStartsIsQuarantined() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.settle();
    Path marks = Files.createDirectories(home.resolve("loading"));
    Files.write(marks.resolve(second.digest().hex()), new byte[Effort.MAX_TRIES]);
    device = new Device(home, controller);
    assertServes(first, SlotState.QUARANTINED);
    assertEquals(FailureCode.MODEL_CRASHED, code());
  }

  @Test
  void aDamagedModelIsRepairedEvenIfANewerReleaseWasRefused() throws IOException {
    device.trials.crash(Effort.MAX_TRIES);
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(first, SlotState.QUARANTINED);
    Path blob = home.resolve("blobs").resolve(first.file().digest().hex());
    Files.writeString(blob, "broken by the disk");
    device = new Device(home, controller);
    device.settle();
    assertServes(first, SlotState.IDLE);
  }

  @Test
  void rotIsFoundWhileItServesAndRepairedBehindThePreviousModel() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.settle();
    Path blob = home.resolve("blobs").resolve(second.file().digest().hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[5] ^= 1;
    Files.write(blob, bytes);
    controller.heard().clear();
    device.pass(Duration.ofMinutes(2));
    for (int i = 0; i < 100 && !device.agent.isBusy(); i++) {
      device.pass(Duration.ofMillis(500));
    }
    assertServes(first, SlotState.FETCHING);
    device.settle();
    assertServes(second, SlotState.IDLE);
    assertEquals(1, device.engine.openSessions());
    controller.heard().forEach(request -> assertEquals(1, request.missing().bits().cardinality()));
  }

  private void prove(Release release) throws IOException {
    device.desired(2, Map.of("vae", release));
    device.prove();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      device.metrics.failed(device.models.find("vae").orElseThrow(), FailureCode.INFERENCE_FAILED);
    }
  }

  private FailureCode code() {
    return device.slot("vae").failure().orElseThrow().code();
  }

  private void assertServes(Release release, SlotState state) {
    assertEquals(state, device.slot("vae").state());
    assertEquals(release.digest(), device.slot("vae").serving().orElseThrow().manifest());
    assertEquals(release.digest(), device.models.find("vae").orElseThrow().manifest());
  }
}
