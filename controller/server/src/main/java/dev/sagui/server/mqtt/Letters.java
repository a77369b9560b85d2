/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.device.DeviceId;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.work.Inbox;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Topics;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/** Messages of devices on their way to the inbox, bounded; runs on a thread of its own. */
final class Letters implements Runnable {
  private static final Logger LOG = Logger.getLogger(Letters.class);
  private static final int MOST = 2_000;

  private final BlockingQueue<Letter> waiting = new ArrayBlockingQueue<>(MOST);
  private final Inbox inbox;
  private final DesiredLink link;
  private final BiConsumer<DeviceId, byte[]> answers;

  private record Letter(Topics.Address from, byte[] payload) {}

  /**
   * @param answers takes acknowledgements
   */
  Letters(Inbox inbox, DesiredLink link, BiConsumer<DeviceId, byte[]> answers) {
    this.inbox = inbox;
    this.link = link;
    this.answers = answers;
  }

  /** Waits while too many are on their way, which slows the broker down. */
  void put(Topics.Address from, byte[] payload) throws InterruptedException {
    waiting.put(new Letter(from, payload));
  }

  /** Until interrupted. */
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Letter letter = waiting.take();
        Optional<Ack> ack = inbox.take(letter.from, letter.payload, link);
        ack.ifPresent(known -> answers.accept(letter.from.device(), known.encode()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.error("a message could not be taken in; its sender will send it again", e);
      }
    }
  }
}
