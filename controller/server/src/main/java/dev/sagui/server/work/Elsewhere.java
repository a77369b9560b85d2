/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.server.store.EventStore;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Tells here what workers do and store: their progress and their events. */
public final class Elsewhere implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Elsewhere.class);
  private static final long EVERY_MILLIS = 250;

  private final Thread thread = Fits.daemon(this::run, "sagui-elsewhere");
  private final Map<String, String> told = new HashMap<>();
  private final Fits fits;
  private final Compressions compressions;
  private final Trainings trainings;
  private final EventStore events;

  public Elsewhere(Fits fits, Compressions compressions, Trainings trainings, EventStore events) {
    this.fits = fits;
    this.compressions = compressions;
    this.trainings = trainings;
    this.events = events;
  }

  public void start() {
    events.follow();
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
        tryOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryOnce() {
    try {
      events.tellFollowed();
      fits.tellElsewhere(told);
      compressions.tellElsewhere(told);
      trainings.tellElsewhere(told);
    } catch (RuntimeException e) {
      LOG.warn("what workers do could not be told; tried on", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
