/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.entropy.Coding;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets what, in which order and how fast, when several devices ask at once. */
class ChunkServerTest {
  private static final DeviceId GREEDY = new DeviceId("greedy");
  private static final DeviceId MODEST = new DeviceId("modest");
  private static final int CHUNKS = 40;

  @TempDir Path home;
  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
  private long nanos;
  private BlobFolder blobs;
  private ChunkServer server;
  private Thread thread;

  private record Sent(DeviceId device, ChunkResponse chunk) {}

  @BeforeEach
  void open() throws Exception {
    blobs = new BlobFolder(home, Long.MAX_VALUE);
    prepare(0);
  }

  private void prepare(long bytesPerSecond) {
    Throttle throttle = new Throttle(bytesPerSecond, () -> nanos, wait -> nanos += wait);
    server =
        new ChunkServer(
            blobs,
            throttle,
            () -> nanos,
            (device, message) -> sent.add(new Sent(device, ChunkResponse.parse(message))));
  }

  private void offer(DeviceId device, ChunkRequest request) {
    server.offer(device, request, Optional.empty());
  }

  @AfterEach
  void end() throws Exception {
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
  }

  private Digest artifact(int seed) throws Exception {
    byte[] bytes = new byte[CHUNKS * ChunkTable.CHUNK_BYTES];
    new Random(seed).nextBytes(bytes);
    return blobs.put(bytes).digest();
  }

  private static ChunkRequest request(Digest artifact, int window) {
    return new ChunkRequest(artifact, window, ChunkSet.all(CHUNKS), Coding.NONE);
  }

  /** Starts to send; the first {@code count} messages. */
  private List<Sent> send(int count) throws Exception {
    thread = new Thread(server, "chunks");
    thread.start();
    List<Sent> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Sent one = sent.poll(30, TimeUnit.SECONDS);
      assertTrue(one != null, "only " + i + " messages came");
      all.add(one);
    }
    return all;
  }

  @Test
  void aDeviceThatAsksForMuchDoesNotKeepAnotherWaiting() throws Exception {
    for (int seed = 0; seed < 4; seed++) {
      offer(GREEDY, request(artifact(seed), ChunkRequest.MAX_WINDOW));
    }
    offer(MODEST, request(artifact(9), 3));
    List<DeviceId> order = send(8).stream().map(Sent::device).toList();
    assertEquals(List.of(GREEDY, MODEST, GREEDY, MODEST, GREEDY, MODEST, GREEDY, GREEDY), order);
  }

  @Test
  void askingAgainAndAgainBringsNoChunkTwice() throws Exception {
    Digest artifact = artifact(1);
    for (int i = 0; i < 10; i++) {
      offer(GREEDY, request(artifact, ChunkRequest.MAX_WINDOW));
    }
    Set<Integer> indices = new HashSet<>();
    send(ChunkRequest.MAX_WINDOW).forEach(one -> indices.add(one.chunk.index()));
    assertEquals(ChunkRequest.MAX_WINDOW, indices.size());
    offer(MODEST, request(artifact, 1)); // comes next: nothing was left
    assertEquals(MODEST, sent.poll(30, TimeUnit.SECONDS).device);
  }

  @Test
  void aPartIsSentInPlaceOfWhatWasAskedForBefore() throws Exception {
    ChunkRequest before = request(artifact(1), ChunkRequest.MAX_WINDOW);
    offer(GREEDY, before);
    offer(GREEDY, before.of(new ChunkRequest.Part(8_192, 4_096, 2_048)));
    offer(MODEST, request(artifact(2), 1));
    List<ChunkPart> parts =
        send(3).stream()
            .map(Sent::chunk)
            .map(ChunkResponse::part)
            .flatMap(Optional::stream)
            .toList();
    assertEquals(List.of(8_192, 10_240), parts.stream().map(ChunkPart::from).toList());
    offer(MODEST, request(artifact(2), 1)); // comes next: nothing was left
    assertEquals(MODEST, sent.poll(30, TimeUnit.SECONDS).device);
  }

  @Test
  void allTogetherTakeNoMoreThanTheRate() throws Exception {
    prepare(1_000_000);
    offer(GREEDY, request(artifact(1), ChunkRequest.MAX_WINDOW));
    offer(MODEST, request(artifact(2), ChunkRequest.MAX_WINDOW));
    List<Sent> all = send(2 * ChunkRequest.MAX_WINDOW);
    long bytes = all.stream().mapToLong(one -> one.chunk.message().length).sum();
    long last = all.get(all.size() - 1).chunk.message().length;
    assertEquals((bytes - last) / 1e6, nanos / 1e9, 1e-3);
  }

  @Test
  void whatWaitedLongerThanItsDeviceDoesIsDropped() throws Exception {
    Duration life = Duration.ofSeconds(30);
    server.offer(GREEDY, request(artifact(1), ChunkRequest.MAX_WINDOW), Optional.of(life));
    nanos += life.toNanos() + 1;
    server.offer(MODEST, request(artifact(2), 2), Optional.of(life));
    List<DeviceId> order = send(2).stream().map(Sent::device).toList();
    assertEquals(List.of(MODEST, MODEST), order);
    server.offer(GREEDY, request(artifact(1), 1), Optional.of(life)); // asked again: answered
    assertEquals(GREEDY, sent.poll(30, TimeUnit.SECONDS).device);
  }
}
