/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The payload bytes of a release, and how many more may come. What was asked for counts until it
 * has come, and no more is asked for than was written down before, a step ahead of what has come:
 * neither what is under way nor a cut can take more than was allowed, and a cut costs a step at
 * most. Owned by one thread.
 */
public final class Allowance {
  private static final int STEPS = 32;

  /** Without a limit a cut forgets no more than that, as much as it takes of the file. */
  private static final long BEHIND = 16L << 20;

  /** What has not come after such a silence does not come any more. */
  private static final Duration LOST = Duration.ofSeconds(30);

  private final OptionalLong maxBytes;
  private final Ledger ledger;
  private final Set<Digest> asked = new HashSet<>();
  private long received;
  private long underWay;
  private long kept;
  private boolean spent;
  private boolean silent;
  private long movedNanos;

  /** Where it is written down. */
  public interface Ledger {
    /** After a cut, so many bytes are taken to have come. */
    void keep(long received) throws IOException;
  }

  /**
   * @param received bytes that have come before
   */
  public Allowance(OptionalLong maxBytes, long received, Ledger ledger) {
    this.maxBytes = maxBytes;
    this.received = received;
    this.kept = received;
    this.ledger = ledger;
  }

  /** As much as there is. */
  public static Allowance unlimited() {
    return new Allowance(OptionalLong.empty(), 0, bytes -> {});
  }

  /** Writes down a step ahead, or without a limit what came, now and then. */
  void prepare() throws IOException {
    if (maxBytes.isEmpty()) {
      if (received - kept >= BEHIND) {
        ledger.keep(received);
        kept = received;
      }
      return;
    }
    long max = maxBytes.getAsLong();
    long step = Math.max(2L * ChunkTable.CHUNK_BYTES, max / STEPS);
    if (kept < max && kept - received < step / 2) {
      long next = Math.max(received, Math.min(max, received + step));
      ledger.keep(next);
      kept = next;
    }
  }

  /**
   * How many of an artifact's chunks of these lengths, the first ones, may be asked for; asking is
   * then assumed, for {@code most} bytes of each. A part is asked for when all of it may come.
   */
  int ask(Digest artifact, int[] lengths, int most, long nowNanos) {
    if (underWay > 0 && nowNanos - movedNanos > LOST.toNanos()) {
      underWay = 0;
      silent = true;
    }
    int count = fitting(lengths);
    asked.add(artifact);
    for (int i = 0; i < count; i++) {
      underWay += Math.min(most, lengths[i]);
      movedNanos = nowNanos;
    }
    boolean none = count == 0 && lengths.length > 0 && underWay == 0;
    spent = none && kept >= maxBytes.orElse(Long.MAX_VALUE);
    return count;
  }

  private int fitting(int[] lengths) {
    long left = maxBytes.isEmpty() ? Long.MAX_VALUE : kept - received - underWay;
    int count = 0;
    while (count < lengths.length && lengths[count] <= left) {
      left -= lengths[count];
      count++;
    }
    return count;
  }

  /**
   * Payload came.
   *
   * @param arrived bytes that were asked for and are not under way any more
   */
  void came(int bytes, long arrived, long nowNanos) {
    received += bytes;
    underWay = Math.max(0, underWay - arrived);
    movedNanos = nowNanos;
    silent &= bytes == 0;
  }

  /** Payload came for an artifact that was here already, if it was ever asked for. */
  void late(ChunkResponse response, long nowNanos) {
    if (asked.contains(response.artifact())) {
      came(response.length(), response.length(), nowNanos);
    }
  }

  /** Payload bytes that have come. */
  public long received() {
    return received;
  }

  /** Those, and what is under way unless nothing has come for long. */
  long taken() {
    return silent ? received : received + underWay;
  }

  /** Whether the next chunk may not come. */
  boolean isSpent() {
    return spent;
  }
}
