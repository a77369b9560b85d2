/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.link.Observer;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.wire.Ack;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.eclipse.paho.mqttv5.common.MqttException;

/** Puts a {@link FakeController} on a broker: answers chunk requests, acknowledges reports. */
final class ControllerOnWire implements AutoCloseable {
  private final FakeController fake;
  private final DeviceId device;
  private final Observer wire;
  private final Thread thread = new Thread(this::answer, "controller");
  private final BlockingQueue<Reported> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<BenchReport> benches = new LinkedBlockingQueue<>();
  private Optional<TrustedKey> deviceKey = Optional.empty();
  private final BlockingQueue<DeviceState> states = new LinkedBlockingQueue<>();
  private final AtomicInteger reportsHeard = new AtomicInteger();
  private volatile UnaryOperator<List<byte[]>> wayToDevice = UnaryOperator.identity();
  private final Map<String, MetricsReport> measured = new ConcurrentHashMap<>();
  private volatile boolean deaf;
  private volatile boolean closed;

  ControllerOnWire(URI broker, Topics topics, DeviceId device, FakeController fake)
      throws Exception {
    this.fake = fake;
    this.device = device;
    this.wire =
        new Observer(
            broker,
            topics,
            Channel.STATE,
            Channel.REPORTED,
            Channel.CHUNK_REQUEST,
            Channel.METRICS,
            Channel.BENCH);
    thread.setDaemon(true);
    thread.start();
  }

  void want(byte[] desired) throws Exception {
    wire.send(device, Channel.DESIRED, desired, true);
  }

  private void answer() {
    try {
      while (!closed) {
        Observer.Seen seen = wire.next(Duration.ofHours(1), any -> true);
        switch (seen.channel()) {
          case STATE -> born(DeviceState.parse(seen.payload()));
          case REPORTED -> acknowledge(Reported.parse(seen.payload()));
          case METRICS -> measured(MetricsReport.parse(seen.payload()));
          case BENCH -> benched(BenchReport.parse(BenchReport.opened(seen.payload(), key())));
          default -> {
            for (byte[] chunk : answers(ChunkRequest.parse(seen.payload()))) {
              wire.send(device, Channel.CHUNK_RESPONSE, chunk, false);
            }
          }
        }
      }
    } catch (InterruptedException e) {
      // closed
    } catch (Exception e) {
      if (!closed) {
        throw new IllegalStateException("the controller failed", e);
      }
    }
  }

  private void born(DeviceState state) {
    state.key().ifPresent(shown -> deviceKey = Optional.of(shown));
    states.add(state);
  }

  private TrustedKey key() {
    return deviceKey.orElseThrow(() -> new IllegalStateException("a bench before a birth"));
  }

  private List<byte[]> answers(ChunkRequest request) {
    synchronized (fake) {
      return wayToDevice.apply(fake.answer(request));
    }
  }

  /** What becomes of each answer's chunks on their way from now on. */
  void mangle(UnaryOperator<List<byte[]>> how) {
    wayToDevice = how;
  }

  private void acknowledge(Reported report) throws Exception {
    if (deaf) {
      return;
    }
    reportsHeard.incrementAndGet();
    reports.add(report);
    byte[] ack = new Ack(Channel.REPORTED, report.instance(), report.sequence()).encode();
    wire.send(device, Channel.CMD, ack, false);
  }

  private void measured(MetricsReport report) throws Exception {
    if (deaf) {
      return;
    }
    measured.put(report.instance() + " " + report.sequence(), report);
    byte[] ack = new Ack(Channel.METRICS, report.instance(), report.sequence()).encode();
    wire.send(device, Channel.CMD, ack, false);
  }

  /** From now on reports are lost on their way here, or come again. */
  void deaf(boolean lost) {
    deaf = lost;
  }

  /** Inferences in all reports of latency, each counted once. */
  long inferences() {
    return measured.values().stream()
        .flatMap(report -> report.series().stream())
        .mapToLong(series -> series.latency().count())
        .sum();
  }

  private void benched(BenchReport report) throws Exception {
    benches.add(report);
    byte[] ack = new Ack(Channel.BENCH, report.instance(), report.sequence()).encode();
    wire.send(device, Channel.CMD, ack, false);
  }

  /** Offers a bench job, signed or not. */
  void offer(byte[] job) throws Exception {
    wire.send(device, Channel.CMD, job, false);
  }

  /** What comes of the next bench job. */
  BenchReport awaitBench() throws InterruptedException {
    BenchReport report = benches.poll(30, TimeUnit.SECONDS);
    if (report == null) {
      throw new AssertionError("no bench report within 30 s");
    }
    return report;
  }

  int reportsHeard() {
    return reportsHeard.get();
  }

  /** The next report that shows a model as {@code wanted}. */
  Reported.Slot awaitSlot(Predicate<Reported.Slot> wanted) throws InterruptedException {
    return awaitSlot(wanted, 60);
  }

  /** As {@link #awaitSlot(Predicate)}, with patience for each report. */
  Reported.Slot awaitSlot(Predicate<Reported.Slot> wanted, int seconds)
      throws InterruptedException {
    while (true) {
      Reported report = reports.poll(seconds, TimeUnit.SECONDS);
      if (report == null) {
        throw new AssertionError("no such report within %d s".formatted(seconds));
      }
      for (Reported.Slot slot : report.slots()) {
        if (wanted.test(slot)) {
          return slot;
        }
      }
    }
  }

  /** The next report that is as {@code wanted}. */
  Reported awaitReport(Predicate<Reported> wanted) throws InterruptedException {
    while (true) {
      Reported report = reports.poll(60, TimeUnit.SECONDS);
      if (report == null) {
        throw new AssertionError("no such report within 60 s");
      }
      if (wanted.test(report)) {
        return report;
      }
    }
  }

  DeviceState awaitState(boolean online) throws InterruptedException {
    while (true) {
      DeviceState state = states.poll(60, TimeUnit.SECONDS);
      if (state == null) {
        throw new AssertionError("no state online=" + online + " within 60 s");
      }
      if (state.online() == online) {
        return state;
      }
    }
  }

  @Override
  public void close() throws MqttException {
    if (!closed) {
      closed = true;
      thread.interrupt();
      wire.close();
    }
  }
}
