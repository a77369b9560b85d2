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
import dev.sagui.artifact.ChunkTable;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device whose store may not grow. */
class QuotaTest {
  private static final long QUOTA = 8L * ChunkTable.CHUNK_BYTES;
  private static final Artifact SMALL = Artifact.ofChunks(1, 2);
  private static final Artifact OTHER = Artifact.ofChunks(2, 2);
  private static final Artifact LARGE = Artifact.ofChunks(3, 9);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release small = controller.release("vae", 1, SMALL);

  private Device device() throws IOException {
    return new Device(home, controller, MaintenanceWindow.ALWAYS, QUOTA);
  }

  @Test
  void refusesWhatCannotFitBesideWhatServesBeforeAnyOfItIsFetched() throws IOException {
    Device device = device();
    device.desired(1, Map.of("vae", small));
    device.settle();
    device.desired(2, Map.of("vae", controller.release("vae", 2, LARGE)));
    device.settle();
    Reported.Slot slot = device.slot("vae");
    assertEquals(SlotState.REJECTED, slot.state());
    assertEquals(FailureCode.OVER_STORE_QUOTA, slot.failure().orElseThrow().code());
    assertEquals(small.digest(), slot.serving().orElseThrow().manifest());
    assertTrue(
        controller.heard().stream().noneMatch(asked -> asked.artifact().equals(LARGE.digest())));
  }

  @Test
  void makesRoomOfRefusedReleasesForAnotherModel() throws IOException {
    Device device = device();
    Release wrong =
        controller.release("vae", 2, OTHER, FakeController.golden(3), FakeController.PROFILE);
    Release unet = controller.release("unet", 1, Artifact.ofChunks(4, 7));
    device.desired(1, Map.of("vae", small));
    device.settle();
    device.desired(2, Map.of("vae", wrong));
    device.settle();
    assertEquals(SlotState.REJECTED, device.slot("vae").state());
    assertTrue(Files.exists(blob(OTHER)));
    device.desired(3, Map.of("vae", wrong, "unet", unet));
    device.settle();
    assertEquals(SlotState.IDLE, device.slot("unet").state());
    assertTrue(Files.notExists(blob(OTHER)));
    assertTrue(Files.exists(blob(SMALL)));
    assertTrue(bytes() <= QUOTA, bytes() + " bytes");
    Device again = device();
    assertEquals(small.digest(), again.slot("vae").serving().orElseThrow().manifest());
    assertEquals(SlotState.REJECTED, again.slot("vae").state());
  }

  private Path blob(Artifact artifact) {
    return home.resolve("blobs").resolve(artifact.digest().hex());
  }

  private long bytes() throws IOException {
    try (Stream<Path> all = Files.list(home.resolve("blobs"))) {
      return all.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
