/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment whose bytes are limited. */
class ByteBudgetTest {
  private static final int CHUNK = ChunkTable.CHUNK_BYTES;
  private static final Artifact MODEL = Artifact.ofChunks(3, 60);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final FakeController.Release release = controller.release("vae", 1, MODEL);
  private Device device;

  @BeforeEach
  void start() throws IOException {
    device = new Device(home, controller);
  }

  @Test
  void stopsBeforeMoreComesThanIsAllowedAndSaysSo() throws IOException {
    want(1, 10L * CHUNK);
    device.settle();
    Reported.Slot slot = waits(10L * CHUNK);
    assertTrue(slot.chunksHave() >= 8, slot.chunksHave() + " chunks");
    device.pass(Duration.ofMinutes(10));
    assertEquals(SlotState.WAITING, device.slot("vae").state(), "only other terms end it");
  }

  @Test
  void goesOnWhenMoreIsAllowedWithWhatHasCome() throws IOException {
    want(1, 10L * CHUNK);
    device.settle();
    Instant raised = device.wallClock.instant();
    want(2, 62L * CHUNK);
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
    assertTrue(device.slot("vae").wireBytes() <= 62L * CHUNK);
    Duration took = Duration.between(raised, device.wallClock.instant());
    assertTrue(took.toSeconds() < 10, took + ": the wait before it is over");
  }

  @Test
  void lessIsEnoughOnceAllIsHere() throws IOException {
    want(1, 62L * CHUNK);
    device.settle();
    want(2, 1);
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  @Test
  void countsOverCuts() throws IOException {
    long max = 40L * CHUNK;
    want(1, max);
    while (heardBytes() < 4L * CHUNK) {
      device.step();
    }
    long before = heardBytes();
    device = new Device(home, controller); // as after a cut: nothing was said
    device.settle();
    waits(max);
    assertTrue(heardBytes() > before, "it goes on");
    assertTrue(heardBytes() <= max, heardBytes() + " bytes were asked for");
  }

  @Test
  void aCutCostsTwoChunksOfASmallBudget() throws IOException {
    want(1, 62L * CHUNK + 4L * CHUNK);
    for (int cut = 0; cut < 2; cut++) {
      for (int step = 0; step < 20; step++) {
        device.step();
      }
      device.pass(Duration.ofMillis(20)); // asks, and is not answered
      device = new Device(home, controller);
    }
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  @Test
  void whatWasLostIsGivenUpAfterASilence() throws IOException {
    want(1, 62L * CHUNK);
    while (heardBytes() < 4L * CHUNK) {
      device.step();
    }
    for (int i = 0; i < 20; i++) {
      device.pass(Duration.ofSeconds(3)); // nothing is answered
      device.link.take(Channel.CHUNK_REQUEST);
    }
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  @Test
  void aBudgetTooSmallForTheManifestAsksForNothing() throws IOException {
    want(1, 100);
    device.settle();
    assertEquals(0, waits(100).wireBytes());
    assertTrue(controller.heard().isEmpty());
  }

  private void want(long sequence, long maxBytes) throws IOException {
    FetchTerms terms = FetchTerms.atMost(maxBytes);
    byte[] desired =
        controller.desired(Device.ID, sequence, Map.of("vae", release), Optional.empty(), terms);
    device.agent.arrived(Channel.DESIRED, desired);
  }

  private Reported.Slot waits(long maxBytes) {
    Reported.Slot slot = device.slot("vae");
    assertEquals(SlotState.WAITING, slot.state());
    assertEquals(FailureCode.OVER_BYTE_BUDGET, slot.failure().orElseThrow().code());
    assertTrue(slot.wireBytes() <= maxBytes, slot.wireBytes() + " bytes");
    return slot;
  }

  /** Bytes of all chunks that were asked for. */
  private long heardBytes() {
    return controller.heard().stream()
        .mapToLong(
            request ->
                request
                    .missing()
                    .first(request.window())
                    .indices()
                    .mapToLong(index -> lengthOf(request.artifact().hex(), index))
                    .sum())
        .sum();
  }

  private long lengthOf(String artifact, int index) {
    return controller.artifacts().stream()
        .filter(one -> one.digest().hex().equals(artifact))
        .mapToLong(one -> one.chunk(index).length)
        .findFirst()
        .orElse(0);
  }
}
