/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.server.store.LatencyStore;
import dev.sagui.server.store.ReportStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Removes what is older than the retention, at start and once a day. */
public final class Forgetting implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Forgetting.class);

  private final Thread thread = new Thread(this::run, "sagui-forgetting");
  private final LatencyStore latency;
  private final ReportStore reports;
  private final Duration retention;
  private final Clock clock;

  public Forgetting(LatencyStore latency, ReportStore reports, Duration retention, Clock clock) {
    this.latency = latency;
    this.reports = reports;
    this.retention = retention;
    this.clock = clock;
  }

  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        tryOnce();
        TimeUnit.DAYS.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryOnce() {
    try {
      once();
    } catch (RuntimeException e) {
      LOG.warn("old rows could not be removed; the next try is tomorrow", e);
    }
  }

  void once() {
    Instant oldest = clock.instant().minus(retention);
    int minutes = latency.forgetMinutesBefore(oldest);
    int cursors = reports.forgetCursorsBefore(oldest);
    LOG.debugf("before=%s minutes=%d cursors=%d removed", oldest, minutes, cursors);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
