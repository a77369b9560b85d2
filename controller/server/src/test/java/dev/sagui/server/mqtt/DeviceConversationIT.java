/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.entropy.ChunkDecoder;
import dev.sagui.entropy.Coding;
import dev.sagui.server.BornFacts;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.LatencyStore;
import dev.sagui.server.work.Profiles;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.MetricsReport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scripted device against the real broker, link and store. */
class DeviceConversationIT {
  private static final DeviceId DEVICE = new DeviceId("scripted");
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final int PULLED_BYTES = 200 << 20;

  @TempDir Path home;
  private LinkedController controller;
  private ScriptedDevice device;

  @BeforeEach
  void start() throws Exception {
    controller = LinkedController.start(home, Profiles.read(Optional.empty()), Clock.systemUTC());
    await(controller.link()::isListening);
    device = ScriptedDevice.connect(DEVICE, LinkedController.TOPICS, controller.broker().url());
  }

  @AfterEach
  void stop() throws Exception {
    device.close();
    controller.close();
  }

  @Test
  void pulls200MegabytesInAWindowOf16WithoutADisconnect() throws Exception {
    byte[] artifact = new byte[PULLED_BYTES];
    new Random(7).nextBytes(artifact);
    assertEquals(PULLED_BYTES, pull(controller.blobs().put(artifact), Coding.RANS));
    assertFalse(device.isLost());
  }

  @Test
  void int8WeightsTakeFewerBytesForWhoReadsCodedChunks() throws Exception {
    byte[] artifact = new byte[2 << 20];
    Random random = new Random(7);
    for (int i = 0; i < artifact.length; i++) {
      artifact[i] = (byte) Math.max(-127, Math.min(127, Math.round(20 * random.nextGaussian())));
    }
    BlobFolder.Stored stored = controller.blobs().put(artifact);
    assertEquals(artifact.length, pull(stored, Coding.NONE));
    long coded = pull(stored, Coding.RANS);
    assertTrue(coded < 0.81 * artifact.length, coded + " bytes");
    assertEquals(coded, pull(stored, Coding.RANS));
  }

  /** Pulls and checks every chunk; bytes that came for them. */
  private long pull(BlobFolder.Stored stored, Coding reads) throws Exception {
    ChunkTable table = ChunkTable.parse(stored.chunkDigests(), stored.sizeBytes());
    ChunkDecoder decoder = new ChunkDecoder();
    byte[] decoded = new byte[ChunkTable.CHUNK_BYTES];
    long came = 0;
    BitSet missing = ChunkSet.all(table.count()).bits();
    while (!missing.isEmpty()) {
      ChunkSet wanted = new ChunkSet(missing);
      device.send(
          Channel.CHUNK_REQUEST,
          new ChunkRequest(stored.digest(), ChunkRequest.MAX_WINDOW, wanted, reads).encode());
      int expected = wanted.first(ChunkRequest.MAX_WINDOW).size();
      for (int i = 0; i < expected; i++) {
        ChunkResponse chunk = ChunkResponse.parse(device.nextChunk());
        came += chunk.length();
        int at = ChunkResponse.HEADER_BYTES;
        if (chunk.kind() == ChunkResponse.Kind.CODED) {
          int length = ChunkTable.lengthOf(chunk.index(), stored.sizeBytes());
          decoder.decode(chunk.message(), at, chunk.length(), decoded, length);
          table.check(chunk.index(), decoded, 0, length);
        } else {
          table.check(chunk.index(), chunk.message(), at, chunk.length());
        }
        missing.clear(chunk.index());
      }
    }
    return came;
  }

  @Test
  void unknownArtifactIsAnsweredAsMissing() throws Exception {
    Digest unknown = Digest.of(new byte[] {1});
    device.send(
        Channel.CHUNK_REQUEST, new ChunkRequest(unknown, 1, ChunkSet.of(0), Coding.RANS).encode());
    assertTrue(ChunkResponse.parse(device.nextChunk()).missing());
  }

  @Test
  void doubledMetricsAreAcknowledgedTwiceAndCountedOnce() throws Exception {
    byte[] report = metrics().encode();
    device.send(
        Channel.STATE,
        new DeviceState(DEVICE, "one", true, Optional.of(facts()), Optional.empty()).encode());
    await(() -> controller.devices().find(DEVICE.value()).isPresent());
    device.send(Channel.METRICS, report);
    device.send(Channel.METRICS, report);
    Ack wanted = new Ack(Channel.METRICS, "one", 1);
    assertEquals(wanted, Ack.parse(device.nextAck()));
    assertEquals(wanted, Ack.parse(device.nextAck()));
    var rows = new LatencyStore(controller.database()).byVariant(Optional.of("decoder"));
    assertEquals(1, rows.size());
    assertEquals("raspberry-pi-5", rows.get(0).profile());
    assertEquals(100, rows.get(0).sketch().count());
    assertEquals(50, rows.get(0).sketch().quantileMillis(0.5), 1);
    assertEquals(99, rows.get(0).sketch().quantileMillis(0.99), 2);
    assertEquals(2.5, rows.get(0).cpuSeconds(), 1e-9);
  }

  @Test
  void reportThatOvertakesTheBirthIsTakenWhenItComesAgain() throws Exception {
    byte[] report = metrics().encode();
    device.send(Channel.METRICS, report);
    assertTrue(device.findAck(Duration.ofMillis(500)).isEmpty());
    device.send(
        Channel.STATE,
        new DeviceState(DEVICE, "one", true, Optional.of(facts()), Optional.empty()).encode());
    await(() -> controller.devices().find(DEVICE.value()).isPresent());
    device.send(Channel.METRICS, report);
    assertEquals(new Ack(Channel.METRICS, "one", 1), Ack.parse(device.nextAck()));
    var rows = new LatencyStore(controller.database()).byVariant(Optional.of("decoder"));
    assertEquals("raspberry-pi-5", rows.get(0).profile());
  }

  private static MetricsReport metrics() {
    LatencySketch sketch = new LatencySketch();
    for (int millis = 1; millis <= 100; millis++) {
      sketch.record(millis * 1_000_000L);
    }
    MetricsReport.Series series =
        new MetricsReport.Series(
            MODEL, new ArtifactName("int8"), Digest.of(new byte[0]), sketch, 2.5, 0);
    return new MetricsReport(DEVICE, "one", 1, 90_000_000, List.of(series));
  }

  private static DeviceState.Facts facts() {
    return BornFacts.of("raspberry-pi-5", Map.of("room", "lab"));
  }

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    for (int i = 0; i < 400 && !condition.getAsBoolean(); i++) {
      Thread.sleep(25);
    }
    assertTrue(condition.getAsBoolean());
  }
}
