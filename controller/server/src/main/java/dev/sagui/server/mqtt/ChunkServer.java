/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.device.DeviceId;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Answers chunk requests, one chunk a device in turn, each read from disk when it is sent, and all
 * together no faster than allowed. A newer request of a device for the same artifact replaces the
 * older one, and what waited longer than its device does is dropped.
 */
final class ChunkServer implements Runnable {
  private static final Logger LOG = Logger.getLogger(ChunkServer.class);
  private static final int MAX_ARTIFACTS = 8;

  private static final int MAX_UNSENT = 2 * ChunkRequest.MAX_WINDOW;

  private final Map<DeviceId, Deque<Answer>> waiting = new LinkedHashMap<>();
  private final ChunkMessages messages;
  private final Throttle throttle;
  private final LongSupplier nanoClock;
  private final Out out;

  /** Where messages go. */
  interface Out {
    /** Returns once the message is written, or was dropped as there is no connection. */
    void chunk(DeviceId device, byte[] message) throws InterruptedException;
  }

  ChunkServer(BlobFolder blobs, Throttle throttle, LongSupplier nanoClock, Out out) {
    this.messages = new ChunkMessages(blobs);
    this.throttle = throttle;
    this.nanoClock = nanoClock;
    this.out = out;
  }

  /** What is left of a device's requests for one artifact. */
  private record Answer(ChunkRequest request, OptionalLong endNanos, Deque<Integer> indices) {
    /**
     * What {@code request} asks for, after what is unsent of older ones: a device asks for more
     * when half has come, and counts on the rest.
     */
    static Answer to(ChunkRequest request, OptionalLong endNanos, Stream<Answer> older) {
      Stream<Integer> unsent =
          request.part().isPresent() // on a bad line, of which older ones would be too much
              ? Stream.empty()
              : older.flatMap(answer -> answer.indices.stream());
      Stream<Integer> asked = request.missing().first(request.window()).indices().boxed();
      return new Answer(
          request,
          endNanos,
          Stream.concat(unsent, asked)
              .distinct()
              .limit(MAX_UNSENT)
              .collect(Collectors.toCollection(ArrayDeque::new)));
    }

    boolean isLate(long nowNanos) {
      return endNanos.isPresent() && nowNanos - endNanos.getAsLong() > 0;
    }
  }

  /**
   * Takes a request in and returns at once.
   *
   * @param life after which the device does not wait for it any more; for ever if empty
   */
  synchronized void offer(DeviceId device, ChunkRequest request, Optional<Duration> life) {
    OptionalLong end =
        life.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(nanoClock.getAsLong() + life.get().toNanos());
    Deque<Answer> own = waiting.computeIfAbsent(device, id -> new ArrayDeque<>());
    List<Answer> older =
        own.stream().filter(old -> old.request.artifact().equals(request.artifact())).toList();
    own.removeAll(older);
    while (own.size() >= MAX_ARTIFACTS) {
      own.removeFirst();
    }
    own.addLast(Answer.to(request, end, older.stream()));
    notifyAll();
  }

  /** Sends until interrupted. */
  @Override
  public void run() {
    try {
      while (true) {
        send(take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Turn(DeviceId device, ChunkRequest request, int index) {}

  private synchronized Turn take() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    Map.Entry<DeviceId, Deque<Answer>> first = waiting.entrySet().iterator().next();
    DeviceId device = first.getKey();
    Deque<Answer> own = first.getValue();
    waiting.remove(device);
    Answer answer = own.getFirst();
    if (answer.isLate(nanoClock.getAsLong())) {
      LOG.debugf("device=%s artifact=%s expired", device, answer.request.artifact());
      answer.indices.clear();
    }
    Integer index = answer.indices.poll();
    if (answer.indices.isEmpty()) {
      own.removeFirst();
    }
    if (!own.isEmpty()) {
      waiting.put(device, own); // at the end: the other devices come first
    }
    return new Turn(device, answer.request, index == null ? -1 : index);
  }

  private void send(Turn turn) throws InterruptedException {
    if (turn.index < 0) {
      return; // nothing was missing, or nobody waits for it
    }
    try {
      for (byte[] message : messages.messages(turn.request, turn.index)) {
        throttle.pass(message.length);
        out.chunk(turn.device, message);
      }
    } catch (ClosedByInterruptException e) { // in the middle of a file
      throw new InterruptedException("interrupted while a chunk was read");
    } catch (NoSuchFileException e) {
      out.chunk(turn.device, ChunkResponse.missing(turn.request.artifact()));
    } catch (IOException e) {
      LOG.warnf(
          "device=%s artifact=%s chunk=%d: %s",
          turn.device, turn.request.artifact(), turn.index, e);
    }
  }
}
