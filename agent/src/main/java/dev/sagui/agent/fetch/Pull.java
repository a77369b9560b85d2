/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which chunks of one artifact to ask for, and when: up to a window in flight, the next ones when
 * half of it has come, and again when nothing came for a while. Losses and late answers shorten the
 * {@link Reach}, down to {@link Parts} of one chunk, and patience lasts as long as answers take: a
 * slow line is not filled with what is on its way already. Pure; owned by one thread.
 */
final class Pull {
  private static final int MAX_ATTEMPTS = 3;

  /** So often in vain, about 14 s: worth telling, and tried on. */
  private static final int WORRYING = 3;

  private static final Duration FIRST_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LONGEST_TIMEOUT = ChunkRequest.LIFE;

  private final Digest artifact;
  private final Pace pace;
  private final Room room;
  private final BitSet missing;
  private final int end;
  private final BitSet asked = new BitSet();
  private final Parts parts = new Parts();
  private final Map<Integer, Integer> badAttempts = new HashMap<>();
  private Duration timeout = FIRST_TIMEOUT;
  private int inVain;
  private boolean absent;
  private long waitingSinceNanos;
  private long askedSinceNanos;
  private boolean askedAgain;
  private Optional<Long> notBeforeNanos = Optional.empty();

  /** Who limits what is asked for. */
  interface Room {
    /**
     * How many of these chunks, the lowest ones, may be asked for; asking is then assumed, for
     * {@code most} bytes of each.
     */
    int take(ChunkSet wanted, int most, long nowNanos);
  }

  Pull(Digest artifact, ChunkSet missing, Pace pace, Room room) {
    this.artifact = artifact;
    this.pace = pace;
    this.room = room;
    this.missing = missing.bits();
    this.end = this.missing.length();
  }

  /** What to ask for now, if anything; asking is then assumed. */
  Optional<ChunkRequest> due(long nowNanos) {
    if (notBeforeNanos.isPresent() && nowNanos - notBeforeNanos.get() < 0) {
      return Optional.empty();
    }
    notBeforeNanos = Optional.empty();
    if (!asked.isEmpty() && nowNanos - waitingSinceNanos > timeout.toNanos()) {
      pace.reach().lost(asked.cardinality());
      asked.clear(); // lost on the way: ask again, with more patience
      absent = false;
      lengthenTimeout();
    }
    if (asked.cardinality() > window() / 2) {
      return Optional.empty();
    }
    return request(nowNanos);
  }

  private Optional<ChunkRequest> request(long nowNanos) {
    BitSet open = (BitSet) missing.clone();
    open.andNot(asked);
    Optional<ChunkRequest.Part> part = part(open.nextSetBit(0));
    int free = Math.min(open.cardinality(), window() - asked.cardinality());
    int paced = pace.allowed(part.isPresent() ? Math.min(1, free) : free, nowNanos);
    int most = part.map(ChunkRequest.Part::length).orElse(ChunkTable.CHUNK_BYTES);
    int window = paced == 0 ? 0 : room.take(new ChunkSet(open).first(paced), most, nowNanos);
    if (window == 0) {
      return Optional.empty();
    }
    pace.spent(window, most);
    if (asked.isEmpty()) {
      waitingSinceNanos = nowNanos;
    }
    askedSinceNanos = nowNanos;
    askedAgain = inVain > 0;
    ChunkRequest wanted = new ChunkRequest(artifact, window, new ChunkSet(open), Coding.RANS);
    asked.or(wanted.missing().first(window).bits());
    return Optional.of(part.map(wanted::of).orElse(wanted));
  }

  private Optional<ChunkRequest.Part> part(int index) {
    boolean wanted = pace.reach().isPart() || pace.window() == 1 || parts.isBegun(index);
    return wanted && index >= 0
        ? Optional.of(parts.ask(index, pace.reach().partBytes()))
        : Optional.empty();
  }

  /** Bytes of the chunk that were asked for last. */
  int askedBytes(int index) {
    return parts.asked(index).orElse(ChunkTable.CHUNK_BYTES);
  }

  private int window() {
    return Math.min(pace.window(), pace.reach().chunks());
  }

  private void lengthenTimeout() {
    inVain++;
    timeout = within(timeout.multipliedBy(2));
  }

  private static Duration within(Duration wanted) {
    Duration longEnough = wanted.compareTo(FIRST_TIMEOUT) < 0 ? FIRST_TIMEOUT : wanted;
    return longEnough.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : longEnough;
  }

  /** Whether the chunk is one that is still wanted; duplicates and strangers are not. */
  boolean wants(int index) {
    return index >= 0 && missing.get(index);
  }

  /** The chunk came, and its {@code length} bytes were right. */
  void arrived(int index, int length, long nowNanos) {
    missing.clear(index);
    asked.clear(index);
    boolean once = inVain == 0;
    Duration took = moved(nowNanos);
    if (once) {
      pace.reach().came(length, took);
    }
  }

  /**
   * A part of a chunk came.
   *
   * @return whether it brought something
   */
  boolean arrived(int index, ChunkPart part, long nowNanos) {
    if (!wants(index) || !parts.add(index, part, asked.get(index))) {
      repeated(index, nowNanos);
      return false;
    }
    moved(nowNanos);
    if (asked.get(index) && parts.isAnswered()) {
      asked.clear(index);
      if (!askedAgain) {
        pace.reach().came(askedBytes(index), Duration.ofNanos(nowNanos - askedSinceNanos));
      }
    }
    return true;
  }

  /** The chunk that came in parts, when all of them are here; it is given once. */
  Optional<ChunkResponse> whole() {
    return parts.take();
  }

  /** How long it took since something moved before. */
  private Duration moved(long nowNanos) {
    Duration took = Duration.ofNanos(nowNanos - waitingSinceNanos);
    Duration twice = took.multipliedBy(2);
    Duration half = timeout.dividedBy(2);
    timeout = within(twice.compareTo(half) > 0 ? twice : half);
    inVain = 0;
    waitingSinceNanos = nowNanos;
    return took;
  }

  /** A chunk came that had come before: what was asked for later is still on its way. */
  void repeated(int index, long nowNanos) {
    if (index >= 0 && index < end) { // else it is a stranger's
      waitingSinceNanos = nowNanos;
    }
  }

  /** Why nothing comes, once it was asked for in vain several times; asking goes on. */
  Optional<String> trouble() {
    if (inVain < WORRYING) {
      return Optional.empty();
    }
    return Optional.of(
        absent
            ? "the controller answers that it does not have it"
            : "no answer comes that can be used");
  }

  /**
   * The chunk came and was wrong: it is asked for again.
   *
   * @throws RejectedException {@code reason}, when it was wrong three times
   */
  void wrong(int index, RejectedException reason, long nowNanos) {
    asked.clear(index);
    waitingSinceNanos = nowNanos;
    if (badAttempts.merge(index, 1, Integer::sum) >= MAX_ATTEMPTS) {
      throw reason;
    }
  }

  /** The controller does not have the artifact: asked again later, with growing patience. */
  void unavailable(long nowNanos) {
    asked.clear();
    absent = true;
    notBeforeNanos = Optional.of(nowNanos + timeout.toNanos());
    lengthenTimeout();
  }

  /** The connection was lost, and with it what was in flight. */
  void reconnected() {
    if (!asked.isEmpty()) {
      pace.reach().lost(asked.cardinality());
    }
    asked.clear();
    notBeforeNanos = Optional.empty();
  }

  boolean isDone() {
    return missing.isEmpty();
  }

  int missing() {
    return missing.cardinality();
  }
}
