/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
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

/** A fetch that does not go on: reported, and not given up. */
class FetchTroubleTest {
  private static final Artifact FILE = Artifact.ofChunks(5, 3);
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release release = controller.release("vae", 1, FILE);
  private Device device;

  @BeforeEach
  void start() throws IOException {
    device = new Device(home, controller);
  }

  @Test
  void reportsThatTheControllerDoesNotHaveAFile() throws IOException {
    controller.forget(FILE.digest());
    device.desired(1, Map.of("vae", release));
    for (int i = 0; i < 2_000; i++) {
      device.step();
    }
    assertTrouble("file 'model.onnx': the controller answers that it does not have it");
    controller.keep(FILE);
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
    assertEquals(Optional.empty(), device.slot("vae").failure());
  }

  @Test
  void reportsThatOnlyChunksThatAreTooLongCome() throws IOException {
    device.desired(1, Map.of("vae", release));
    for (int i = 0; i < 2_000; i++) {
      device.pass(Duration.ofMillis(20));
      for (byte[] request : device.link.take(Channel.CHUNK_REQUEST)) {
        byte[] tooLong = new byte[ChunkTable.CHUNK_BYTES + 1];
        device.agent.arrived(
            Channel.CHUNK_RESPONSE,
            FakeController.message(ChunkRequest.parse(request).artifact(), 0, tooLong));
      }
    }
    assertTrouble("signed manifest: no answer comes that can be used");
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("vae").state());
  }

  private void assertTrouble(String message) {
    Reported.Slot slot = device.slot("vae");
    assertEquals(SlotState.FETCHING, slot.state());
    assertEquals(FailureCode.UNREACHABLE, slot.failure().orElseThrow().code());
    assertTrue(slot.failure().get().message().startsWith(message), slot.toString());
  }
}
