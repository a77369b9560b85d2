/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real agent and a real broker: what does not travel to a device that has most of it. */
class LessToSendIT {
  private static final DeviceId DEVICE = new DeviceId("attic");
  private static final int CHUNK = ChunkTable.CHUNK_BYTES;

  @TempDir Path folder;
  private final FakeController fake = new FakeController();
  private final Map<String, String> config = new HashMap<>();
  private TestBroker broker;
  private ControllerOnWire controller;
  private AgentProcess agent;

  @BeforeEach
  void begin() throws Exception {
    broker = new TestBroker(folder.resolve("broker"), 0);
    controller = new ControllerOnWire(broker.url(), new Topics("sagui", "default"), DEVICE, fake);
    config.putAll(AgentProcess.config(folder, DEVICE, fake, broker));
    config.put("sagui.update.soak", "PT0.1S");
    agent = AgentProcess.start(folder, config);
  }

  @AfterEach
  void end() throws Exception {
    agent.close();
    controller.close();
    broker.close();
  }

  @Test
  void chunksThatTheOldModelHasDoNotTravel() throws Exception {
    Artifact first = DoublingModel.file(12);
    byte[] changed = first.bytes().clone();
    changed[5 * CHUNK] ^= 1;
    serves(1, first);
    Reported.Slot slot = serves(2, new Artifact(changed));
    assertEquals(first.bytes().length - CHUNK, slot.saved().reused());
    assertTrue(slot.wireBytes() < 1.1 * CHUNK, slot.wireBytes() + " bytes");
  }

  @Test
  void aFineTuneTravelsAsItsDifference() throws Exception {
    Artifact first = DoublingModel.file(12);
    serves(1, first);
    Artifact tuned = tuned(first);
    Reported.Slot slot = serves(2, withDifference(2, first, tuned));
    assertTrue(slot.wireBytes() < 0.1 * tuned.bytes().length, slot.wireBytes() + " bytes");
    assertTrue(slot.saved().difference() > 0.9 * tuned.bytes().length, slot.saved().toString());
  }

  @Test
  void aBudgetOfBytesStopsTheDeviceUntilItIsRaised() throws Exception {
    serves(1, DoublingModel.file(0));
    FakeController.Release next = DoublingModel.release(fake, 2, DoublingModel.file(12), 2);
    controller.want(desired(2, next, 6L * CHUNK));
    Reported.Slot slot = controller.awaitSlot(one -> one.state() == SlotState.WAITING);
    assertEquals(FailureCode.OVER_BYTE_BUDGET, slot.failure().orElseThrow().code());
    assertTrue(slot.wireBytes() <= 6L * CHUNK, slot.wireBytes() + " bytes");
    controller.want(desired(3, next, 40L * CHUNK));
    Reported.Slot done = controller.awaitSlot(one -> isServing(one, next));
    assertTrue(done.wireBytes() <= 40L * CHUNK, done.wireBytes() + " bytes");
  }

  private byte[] desired(long sequence, FakeController.Release release, long maxBytes) {
    return fake.desired(
        DEVICE, sequence, Map.of("double", release), Optional.empty(), FetchTerms.atMost(maxBytes));
  }

  /** Some bytes longer in front, and every 50th byte one more, of what ONNX ignores. */
  private static Artifact tuned(Artifact model) throws Exception {
    int front = DoublingModel.file(0).bytes().length + 16; // the model itself, and a field's head
    byte[] tuned = model.bytes().clone();
    for (int i = front; i < tuned.length; i += 50) {
      tuned[i]++;
    }
    byte[] doc = {0x32, 5, 't', 'u', 'n', 'e', 'd'}; // doc_string
    byte[] longer = Arrays.copyOf(doc, doc.length + tuned.length);
    System.arraycopy(tuned, 0, longer, doc.length, tuned.length);
    return new Artifact(longer);
  }

  private FakeController.Release withDifference(long sequence, Artifact base, Artifact file) {
    return DoublingModel.release(fake, sequence, file, 2).with(fake.difference(base, file));
  }

  private Reported.Slot serves(long sequence, Artifact model) throws Exception {
    return serves(sequence, DoublingModel.release(fake, sequence, model, 2));
  }

  private Reported.Slot serves(long sequence, FakeController.Release release) throws Exception {
    controller.want(fake.desired(DEVICE, sequence, Map.of("double", release)));
    return controller.awaitSlot(slot -> isServing(slot, release));
  }

  private static boolean isServing(Reported.Slot slot, FakeController.Release release) {
    return slot.state() == SlotState.IDLE
        && slot.serving().filter(now -> now.manifest().equals(release.digest())).isPresent();
  }
}
