/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.link.Link;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * One kind of report on its way to the controller: sent again, unchanged, until it is acknowledged.
 * Owned by the agent's thread.
 */
final class Outbox {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

  private final Channel channel;
  private final Link link;
  private long sequence;
  private Optional<byte[]> pending = Optional.empty();
  private Duration retry = FIRST_RETRY;
  private long sendAtNanos;

  Outbox(Channel channel, Link link) {
    this.channel = channel;
    this.link = link;
  }

  boolean isIdle() {
    return pending.isEmpty();
  }

  /**
   * Takes a report in place of one that is still pending.
   *
   * @param report makes it, given its sequence
   */
  void replace(LongFunction<byte[]> report, long nowNanos) {
    pending = Optional.of(report.apply(++sequence));
    retry = FIRST_RETRY;
    sendAtNanos = nowNanos;
    flush(nowNanos);
  }

  /** Sends what is due. */
  void flush(long nowNanos) {
    if (pending.isEmpty() || nowNanos - sendAtNanos < 0) {
      return;
    }
    try {
      link.publish(channel, pending.get(), false);
      sendAtNanos = nowNanos + retry.toNanos();
      Duration longer = retry.multipliedBy(2);
      retry = longer.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : longer;
    } catch (UnavailableException e) {
      sendAtNanos = nowNanos + FIRST_RETRY.toNanos(); // the next connection sends at once
    }
  }

  /** A connection stands: what is pending goes out now. */
  void connected(long nowNanos) {
    retry = FIRST_RETRY;
    sendAtNanos = nowNanos;
    flush(nowNanos);
  }

  void acknowledged(Ack ack) {
    if (ack.of() == channel && ack.sequence() == sequence) {
      pending = Optional.empty();
    }
  }
}
