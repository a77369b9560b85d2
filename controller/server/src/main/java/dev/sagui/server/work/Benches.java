/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.fleet.BenchLink;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.wire.BenchReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Offers bench jobs to idle devices and takes their answers. What is open is in the database too,
 * and offered again after a restart.
 */
public final class Benches implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Benches.class);
  private static final long TURN_MILLIS = 200;
  private static final int MOST_TRIES = 2;

  /** A device that did not take a job is asked again after that. */
  private static final Duration RESPITE = Duration.ofSeconds(3);

  /** Longer than a device may take for all of a job. */
  private static final Duration LOST = Duration.ofMinutes(8);

  private final BenchStore store;
  private final DeviceStore devices;
  private final SigningKey key;
  private final EventStore events;
  private final Clock clock;
  private final Map<String, Bench> open = new LinkedHashMap<>();
  private final Map<String, Instant> offeredAt = new HashMap<>();
  private final Map<DeviceId, Instant> notBefore = new HashMap<>();
  private final Set<DeviceId> distrusted = new HashSet<>();
  private Optional<Thread> offering = Optional.empty();

  public Benches(
      BenchStore store, DeviceStore devices, SigningKey key, EventStore events, Clock clock) {
    this.store = store;
    this.devices = devices;
    this.key = key;
    this.events = events;
    this.clock = clock;
    store
        .open()
        .forEach(bench -> change(bench.again("the controller was restarted", bench.tries())));
  }

  /** Begins to offer. */
  public synchronized void start(BenchLink link) {
    Thread thread = Fits.daemon(() -> offer(link), "sagui-benches");
    offering = Optional.of(thread);
    thread.start();
  }

  private synchronized void offer(BenchLink link) {
    try {
      while (true) {
        wait(open.isEmpty() ? 0 : TURN_MILLIS);
        turn(link);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(BenchLink link) {
    try {
      for (Bench bench : List.copyOf(open.values())) {
        if (bench.state() == Bench.State.OFFERED) {
          leaveIfLost(bench);
        } else {
          device(bench).ifPresent(device -> offer(bench, device, link));
        }
      }
    } catch (RuntimeException e) {
      LOG.error("bench jobs could not be offered; tried on", e);
    }
  }

  /** Who takes benches of that profile now: online, willing, not known to tell nonsense. */
  synchronized List<Device> willing(String profile) {
    return devices.online(profile).stream()
        .filter(Device::benches)
        .filter(device -> !distrusted.contains(device.id()))
        .toList();
  }

  private Optional<Device> device(Bench bench) {
    return willing(bench.subject().profile()).stream()
        .filter(device -> device.runtime().equals(bench.subject().runtime()))
        .filter(device -> open.values().stream().noneMatch(other -> has(other, device.id())))
        .filter(
            device -> !clock.instant().isBefore(notBefore.getOrDefault(device.id(), Instant.MIN)))
        .findFirst();
  }

  private static boolean has(Bench bench, DeviceId device) {
    return bench.device().equals(Optional.of(device));
  }

  private void offer(Bench bench, Device device, BenchLink link) {
    change(bench.offered(device.id(), device.instance()));
    offeredAt.put(bench.id(), clock.instant());
    BenchJob job =
        new BenchJob(
            device.id(),
            bench.id(),
            store.nextSequence(clock.instant()),
            bench.candidate(),
            bench.reference(),
            BenchRequests.SECONDS);
    link.offer(device.id(), key.sign(job));
    LOG.debugf("bench=%s variant=%s device=%s", bench.id(), bench.variant(), device.id());
  }

  /** The device went away, came back as another process, or never answered. */
  private void leaveIfLost(Bench bench) {
    Optional<Device> device = bench.device().flatMap(id -> devices.find(id.value()));
    boolean same =
        device.filter(d -> d.online() && d.instance().equals(bench.instance())).isPresent();
    Instant since = offeredAt.getOrDefault(bench.id(), Instant.MIN);
    if (!same || clock.instant().isAfter(since.plus(LOST))) {
      change(bench.again("the device went away", bench.tries()));
    }
  }

  /** The job for that subject: the known one, or {@code fresh}, which is offered from now on. */
  synchronized Bench ask(Bench fresh) {
    Optional<Bench> known = store.find(fresh.subject());
    boolean noisy =
        known.filter(b -> b.state() == Bench.State.FAILED && b.code().isEmpty()).isPresent();
    if (known.isPresent() && !noisy) {
      return known.get();
    }
    Bench bench = known.map(b -> b.again("", 0)).orElse(fresh);
    change(bench);
    return bench;
  }

  /** Waits until it ends, or until no device has had it for so long. */
  synchronized Bench await(String id, Duration patience) throws InterruptedException {
    Bench bench = store.find(id).orElseThrow();
    long idle = System.nanoTime();
    while (bench.isOpen() && System.nanoTime() - idle < patience.toNanos()) {
      if (bench.state() == Bench.State.OFFERED) {
        idle = System.nanoTime();
      }
      wait(TURN_MILLIS);
      bench = store.find(id).orElseThrow();
    }
    return bench;
  }

  /** A device answers; twice is as good as once. */
  public synchronized void reported(BenchReport report) {
    Bench bench = open.get(report.job());
    if (bench == null || !has(bench, report.device())) {
      return; // ended, or given to another device meanwhile
    }
    BenchReport.Outcome outcome = report.outcome();
    switch (outcome.kind()) {
      case MEASURED -> measured(bench, outcome.result().orElseThrow());
      case DECLINED, INTERRUPTED -> {
        notBefore.put(report.device(), clock.instant().plus(RESPITE));
        change(bench.again("'%s': %s".formatted(report.device(), outcome.reason()), bench.tries()));
      }
      case FAILED -> change(bench.failed(outcome.code(), outcome.reason()));
    }
  }

  private void measured(Bench bench, BenchResult result) {
    Optional<String> doubt =
        result.runtime().equals(bench.subject().runtime())
            ? result.doubt()
            : Optional.of("it was measured with ONNX Runtime " + result.runtime());
    if (doubt.isEmpty()) {
      change(bench.done(result));
    } else if (bench.tries() + 1 < MOST_TRIES) {
      change(bench.again(doubt.get(), bench.tries() + 1));
    } else {
      change(bench.failed(Optional.empty(), doubt.get()));
    }
  }

  /** A device told of a bench what no device can measure: it is asked no more, others are. */
  public synchronized void distrust(DeviceId device) {
    distrusted.add(device);
    List.copyOf(open.values()).stream()
        .filter(bench -> has(bench, device))
        .forEach(
            bench ->
                change(
                    bench.again("'%s' told impossible numbers".formatted(device), bench.tries())));
  }

  public Optional<Bench> find(String id) {
    return store.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Bench> list(int offset, int limit) {
    return store.list(offset, limit);
  }

  private synchronized void change(Bench bench) {
    store.put(bench, clock.instant());
    if (bench.isOpen()) {
      open.put(bench.id(), bench);
    } else {
      open.remove(bench.id());
      offeredAt.remove(bench.id());
      events.add(event(bench));
    }
    notifyAll();
  }

  private Event event(Bench bench) {
    String message =
        bench
            .result()
            .map(r -> "%s takes %.3f x the time".formatted(bench.variant(), r.ratio().value()))
            .orElseGet(() -> "%s was not measured: %s".formatted(bench.variant(), bench.note()));
    String device = bench.device().map(DeviceId::value).orElse("");
    String code = bench.code().map(Enum::name).orElse("");
    return new Event(0, clock.instant(), device, bench.model(), Event.Kind.BENCH, code, message);
  }

  @Override
  public synchronized void close() {
    offering.ifPresent(Thread::interrupt);
  }
}
