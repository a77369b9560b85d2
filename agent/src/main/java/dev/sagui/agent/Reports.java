/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Settings;
import dev.sagui.agent.link.Link;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What this device tells of itself: how it stands, and latency. Owned by the agent's thread. */
final class Reports {
  private static final Duration PROGRESS = Duration.ofMillis(200);

  /** How often it is looked whether there is something to warn of. */
  private static final Duration LOOK = Duration.ofHours(1);

  private final Settings settings;
  private final String instance;
  private final AgentMetrics metrics;
  private final Disk disk;
  private final LongSupplier nanoClock;
  private final Clock wallClock;
  private final Outbox standing;
  private final Outbox measurements;
  private Optional<Reported.Failure> refusal = Optional.empty();
  private List<Reported.Failure> warnings = List.of();
  private long lookedAtNanos;
  private long measuredAtNanos;
  private long toldAtNanos;
  private long toldResidentBytes;

  Reports(Agent.Parts parts, Link link) {
    this.settings = parts.settings();
    this.instance = parts.instance();
    this.metrics = parts.metrics();
    this.disk = new Disk(parts.store(), parts.wear());
    this.nanoClock = parts.nanoClock();
    this.wallClock = parts.wallClock();
    this.standing = new Outbox(Channel.REPORTED, link);
    this.measurements = new Outbox(Channel.METRICS, link);
    this.measuredAtNanos = nanoClock.getAsLong();
    look(measuredAtNanos);
  }

  private void look(long nowNanos) {
    lookedAtNanos = nowNanos;
    warnings =
        settings.mqttKeystore().flatMap(file -> file.warning(wallClock.instant())).stream()
            .toList();
  }

  /** Why the newest desired state was not believed; empty once one is. */
  void refusal(Optional<Reported.Failure> why) {
    refusal = why;
  }

  /** How the device stands. */
  void tell(Updates updates) {
    toldAtNanos = nanoClock.getAsLong();
    standing.replace(
        sequence ->
            new Reported(
                    settings.device(),
                    instance,
                    sequence,
                    updates.desiredSequence(),
                    updates.report(),
                    refusal,
                    disk.report(),
                    warnings)
                .encode(),
        toldAtNanos);
  }

  /** What time brings: progress, latency, what was not acknowledged. */
  void tick(Updates updates, long nowNanos) {
    if (nowNanos - lookedAtNanos >= LOOK.toNanos()) {
      List<Reported.Failure> before = warnings;
      look(nowNanos);
      if (!warnings.equals(before)) {
        tell(updates);
      }
    }
    if (updates.isBusy() && nowNanos - toldAtNanos > PROGRESS.toNanos()) {
      tell(updates);
    }
    if (measurements.isIdle()
        && nowNanos - measuredAtNanos >= settings.reportInterval().toNanos()) {
      measure(nowNanos);
    }
    standing.flush(nowNanos);
    measurements.flush(nowNanos);
  }

  /** Nothing while nothing was asked and memory is about what was told: idle devices are quiet. */
  private void measure(long nowNanos) {
    measuredAtNanos = nowNanos;
    List<MetricsReport.Series> series = metrics.drain();
    long resident = metrics.residentBytes();
    if (series.isEmpty() && Math.abs(resident - toldResidentBytes) <= toldResidentBytes / 8) {
      return;
    }
    toldResidentBytes = resident;
    measurements.replace(
        sequence ->
            new MetricsReport(settings.device(), instance, sequence, resident, series).encode(),
        nowNanos);
  }

  void acknowledged(Ack ack) {
    standing.acknowledged(ack);
    measurements.acknowledged(ack);
  }

  /** A connection stands: latency that is not acknowledged goes out. */
  void connected(long nowNanos) {
    look(nowNanos);
    measurements.connected(nowNanos);
  }

  /** The agent ends as it was told to. */
  void end() {
    disk.end();
  }
}
