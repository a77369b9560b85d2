/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device begins when the controller gave it its turn. */
class TurnTest {
  private static final Duration TURN = Duration.ofMinutes(10);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final FakeController.Release release =
      controller.release("vae", 1, Artifact.ofChunks(3, 20));
  private Device device;

  @BeforeEach
  void start() throws IOException {
    device = new Device(home, controller);
    want(1, FetchTerms.NONE.after(TURN));
    device.settle();
  }

  @Test
  void asksForNothingBeforeItsTurn() throws IOException {
    assertWaits();
    assertBeginsAfter(TURN);
  }

  @Test
  void countsAnewAfterARestart() throws IOException {
    device.pass(TURN.dividedBy(2));
    device = new Device(home, controller);
    device.settle();
    assertBeginsAfter(TURN);
  }

  @Test
  void anEarlierTurnHolds() throws IOException {
    want(2, FetchTerms.NONE);
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  @Test
  void otherTermsOfTheSameTurnLeaveItAsItWas() throws IOException {
    device.pass(TURN.minusSeconds(10));
    want(2, FetchTerms.atMost(1 << 30).after(TURN));
    device.settle();
    assertWaits();
    device.pass(Duration.ofSeconds(10));
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  /** Not ten seconds earlier. */
  private void assertBeginsAfter(Duration turn) throws IOException {
    device.pass(turn.minusSeconds(10));
    device.settle();
    assertWaits();
    device.pass(Duration.ofSeconds(10));
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  private void assertWaits() {
    Reported.Slot slot = device.slot("vae");
    assertEquals(SlotState.WAITING, slot.state());
    Reported.Failure failure = slot.failure().orElseThrow();
    assertEquals(FailureCode.OUTSIDE_WINDOW, failure.code());
    assertEquals("its turn comes 600 s after it was told", failure.message());
    assertTrue(controller.heard().isEmpty());
  }

  private void want(long sequence, FetchTerms terms) throws IOException {
    device.agent.arrived(
        Channel.DESIRED,
        controller.desired(Device.ID, sequence, Map.of("vae", release), Optional.empty(), terms));
  }
}
