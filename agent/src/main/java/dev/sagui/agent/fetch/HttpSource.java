/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.config.WebServer;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkRequest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Chunks by ranges of a file on an HTTP server, on a thread of its own, over one connection as long
 * as the server keeps it. The source is left for good when the server refuses, ignores ranges,
 * changes the file or sends what was not signed; after errors it rests, and is left after several.
 */
public final class HttpSource implements ChunkSource, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("sagui.http");
  private static final int MAX_ERRORS = 5;
  private static final int MAX_WAITING = 2 * ChunkRequest.MAX_WINDOW;

  /** Each range costs a question and its answer; its chunks come one by one, as they are taken. */
  private static final int WINDOW = 255;

  /** Also the shortest: a server that says "at once" each time is not asked in a loop. */
  private static final Duration FIRST_REST = Duration.ofSeconds(1);

  /** Without a chunk for so long, a request in work keeps others from it. */
  private static final Duration SLOW = Duration.ofSeconds(2);

  private final ChunkBuffers buffers = new ChunkBuffers();
  private final RangeReader reader;
  private final LongSupplier nanoClock;
  private final Taker taker;
  private final Deque<ChunkRequest> waiting = new ArrayDeque<>();
  private Optional<String> left = Optional.empty();
  private Optional<Thread> thread = Optional.empty();
  private boolean working;
  private boolean closed;
  private int errors;
  private long notBeforeNanos;
  private long progressNanos;

  /** Who gets what comes; called on the source's thread. */
  public interface Taker {
    /** A chunk's message; may block, which slows the source down. */
    void arrived(HttpSource from, byte[] message) throws InterruptedException;

    /** What was asked for does not come from here. */
    void failed();
  }

  public HttpSource(WebServer web, Taker taker, LongSupplier nanoClock, Clock wallClock) {
    this.reader = new RangeReader(web, buffers, nanoClock, wallClock);
    this.taker = taker;
    this.nanoClock = nanoClock;
    this.notBeforeNanos = nanoClock.getAsLong();
  }

  /**
   * A message that {@link Taker} got is not looked at any more: another chunk may take its place.
   */
  public void done(byte[] message) {
    buffers.give(message);
  }

  @Override
  public synchronized int window() {
    long now = nanoClock.getAsLong();
    boolean stuck = working && now - progressNanos > SLOW.toNanos();
    boolean full = waiting.size() >= MAX_WAITING;
    return left.isPresent() || full || stuck || now - notBeforeNanos < 0 ? 0 : WINDOW;
  }

  @Override
  public synchronized boolean ask(ChunkRequest request) {
    if (window() == 0 || !reader.knows(request.artifact())) {
      return false;
    }
    waiting.add(request);
    notifyAll();
    if (thread.isEmpty()) {
      thread = Optional.of(start());
    }
    return true;
  }

  private Thread start() {
    Thread fresh = new Thread(this::run, "http-chunks");
    fresh.setDaemon(true);
    fresh.start();
    return fresh;
  }

  @Override
  public synchronized boolean isLeft(String why) {
    if (left.isEmpty()) {
      left = Optional.of(why);
      waiting.clear();
      LOG.log(Level.WARNING, "source=left server={0} reason=\"{1}\"", reader.server(), why);
    }
    return true;
  }

  /** It is not asked any more; what it still brings is not handed on. */
  @Override
  public synchronized void close() {
    closed = true;
    left = Optional.of("closed");
    waiting.clear();
    thread.ifPresent(Thread::interrupt);
  }

  private void run() {
    try {
      while (true) {
        work(take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** What waits for one artifact, together: the fewer ranges. */
  private synchronized Wanted take() throws InterruptedException {
    working = false;
    while (waiting.isEmpty()) {
      wait();
    }
    Digest artifact = waiting.getFirst().artifact();
    BitSet chunks = new BitSet();
    while (!waiting.isEmpty() && waiting.getFirst().artifact().equals(artifact)) {
      ChunkRequest request = waiting.removeFirst();
      chunks.or(request.missing().first(request.window()).bits());
    }
    working = true;
    progressNanos = nanoClock.getAsLong();
    return new Wanted(artifact, chunks);
  }

  private record Wanted(Digest artifact, BitSet chunks) {}

  private void work(Wanted wanted) throws InterruptedException {
    try {
      for (ChunkRun run : ChunkRun.of(wanted.chunks)) {
        reader.read(wanted.artifact, run.firstByte(), run.lastByte(), this::deliver);
      }
      return;
    } catch (HttpAnswer.Refusal e) {
      isLeft(String.valueOf(e.getMessage()));
    } catch (HttpAnswer.Later e) {
      rest(e.wait, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      failed(e);
    } catch (RuntimeException e) { // else its thread would end, and what is asked would wait
      isLeft("it fails with " + e + "; this is a bug");
    }
    failed();
  }

  private void failed() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    taker.failed();
  }

  private void deliver(byte[] message) throws InterruptedException {
    synchronized (this) {
      if (left.isPresent()) {
        return;
      }
      errors = 0;
      progressNanos = nanoClock.getAsLong();
    }
    taker.arrived(this, message);
  }

  private synchronized void failed(IOException e) {
    errors++;
    if (errors >= MAX_ERRORS) {
      isLeft("%d errors in a row, the last: %s".formatted(errors, e.getMessage()));
    } else {
      rest(FIRST_REST.multipliedBy(1L << (errors - 1)), String.valueOf(e.getMessage()));
    }
  }

  private synchronized void rest(Duration asked, String why) {
    Duration wait = asked.compareTo(FIRST_REST) < 0 ? FIRST_REST : asked;
    waiting.clear();
    notBeforeNanos = nanoClock.getAsLong() + wait.toNanos();
    LOG.log(Level.INFO, "source=resting seconds={0} reason=\"{1}\"", wait.toSeconds(), why);
  }

  /** Chunks that follow each other in the file: one range. */
  private record ChunkRun(int first, int last) {
    static List<ChunkRun> of(BitSet chunks) {
      List<ChunkRun> runs = new ArrayList<>();
      for (int from = chunks.nextSetBit(0); from >= 0; ) {
        int end = chunks.nextClearBit(from);
        runs.add(new ChunkRun(from, end - 1));
        from = chunks.nextSetBit(end);
      }
      return runs;
    }

    long firstByte() {
      return ChunkTable.offsetOf(first);
    }

    /** Of whole chunks; the file may end before. */
    long lastByte() {
      return ChunkTable.offsetOf(last + 1) - 1;
    }
  }
}
