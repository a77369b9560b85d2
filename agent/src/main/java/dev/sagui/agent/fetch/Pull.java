/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkRequest;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which chunks of one artifact to ask for, and when: up to a window in flight, the next ones when
 * half of it has come, and again when nothing came for a while. A silence halves the window, each
 * chunk widens it by one (as TCP does, RFC 5681), and patience lasts as long as chunks take: a slow
 * line is not filled with what is on its way already. Pure; owned by one thread.
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
  private final Map<Integer, Integer> badAttempts = new HashMap<>();
  private Duration timeout = FIRST_TIMEOUT;
  private int reach = Integer.MAX_VALUE;
  private int inVain;
  private boolean absent;
  private long waitingSinceNanos;
  private Optional<Long> notBeforeNanos = Optional.empty();

  /** Who limits what is asked for. */
  interface Room {
    /** How many of these chunks, the lowest ones, may be asked for; asking is then assumed. */
    int take(ChunkSet wanted, long nowNanos);
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
      asked.clear(); // lost on the way: ask again, with more patience
      absent = false;
      reach = Math.max(1, window() / 2);
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
    int free = Math.min(open.cardinality(), window() - asked.cardinality());
    int paced = pace.allowed(free, nowNanos);
    int window = paced == 0 ? 0 : room.take(new ChunkSet(open).first(paced), nowNanos);
    if (window == 0) {
      return Optional.empty();
    }
    pace.spent(window);
    if (asked.isEmpty()) {
      waitingSinceNanos = nowNanos;
    }
    ChunkSet wanted = new ChunkSet(open);
    asked.or(wanted.first(window).bits());
    return Optional.of(new ChunkRequest(artifact, window, wanted, Coding.RANS));
  }

  private int window() {
    return Math.min(pace.window(), reach);
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

  /** The chunk came and was right. */
  void arrived(int index, long nowNanos) {
    missing.clear(index);
    asked.clear(index);
    Duration twice = Duration.ofNanos(2 * (nowNanos - waitingSinceNanos));
    Duration half = timeout.dividedBy(2);
    timeout = within(twice.compareTo(half) > 0 ? twice : half);
    reach = reach == Integer.MAX_VALUE ? reach : reach + 1;
    inVain = 0;
    waitingSinceNanos = nowNanos;
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
