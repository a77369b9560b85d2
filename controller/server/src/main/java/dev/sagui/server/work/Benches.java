/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.fleet.BenchLink;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.wire.BenchReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Offers bench jobs to idle devices and takes their answers. What is open is in the database too,
 * and offered again after a restart.
 */
public final class Benches implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Benches.class);
  private static final long TURN_MILLIS = 200;

  /** A device that did not take a job is asked again after that. */
  private static final Duration RESPITE = Duration.ofSeconds(3);

  /** One that does not answer, or not believe this controller, which an operator must mend. */
  private static final Duration LONG_RESPITE = Duration.ofMinutes(1);

  /** What no device has measured by then ends. */
  static final Duration LIFE = Duration.ofHours(24);

  /** Longer than a device may take for all of a job. */
  private static final Duration LOST = Duration.ofMinutes(8);

  private final BenchStore store;
  private final BenchDevices devices;
  private final SigningKey key;
  private final EventStore events;
  private final Clock clock;
  private final Map<String, Bench> open = new LinkedHashMap<>();
  private final Map<String, Offer> offers = new HashMap<>();
  private Optional<Thread> offering = Optional.empty();

  /** What was sent for a job last, and when. */
  private record Offer(Digest envelope, Instant at) {}

  public Benches(
      BenchStore store, DeviceStore devices, SigningKey key, EventStore events, Clock clock) {
    this.store = store;
    this.devices = new BenchDevices(devices, clock);
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
      Map<String, List<Device>> willing = new HashMap<>();
      for (Bench bench : List.copyOf(open.values())) {
        if (bench.state() == Bench.State.OFFERED) {
          leaveIfLost(bench);
        } else if (clock.instant().isAfter(bench.deadline())) {
          change(BenchVerdict.expired(bench, LIFE));
        } else {
          List<Device> of = willing.computeIfAbsent(bench.subject().profile(), devices::willing);
          devices.choose(bench, of, open.values()).ifPresent(device -> offer(bench, device, link));
        }
      }
    } catch (RuntimeException e) {
      LOG.error("bench jobs could not be offered; tried on", e);
    }
  }

  /** Who takes benches of that profile now: online, willing, not known to tell nonsense. */
  synchronized List<Device> willing(String profile) {
    return devices.willing(profile);
  }

  private void offer(Bench bench, Device device, BenchLink link) {
    change(bench.offered(device.id(), device.instance()));
    BenchJob job =
        new BenchJob(
            device.id(),
            bench.id(),
            store.nextSequence(clock.instant()),
            bench.candidate(),
            bench.reference(),
            BenchRequests.SECONDS);
    byte[] envelope = key.sign(job);
    offers.put(bench.id(), new Offer(Digest.of(envelope), clock.instant()));
    link.offer(device.id(), envelope);
    LOG.debugf("bench=%s variant=%s device=%s", bench.id(), bench.variant(), device.id());
  }

  /** The device went away, came back as another process, or never answered. */
  private void leaveIfLost(Bench bench) {
    boolean there = bench.device().filter(id -> devices.isThere(id, bench.instance())).isPresent();
    boolean patient =
        Optional.ofNullable(offers.get(bench.id()))
            .filter(offer -> !clock.instant().isAfter(offer.at.plus(LOST)))
            .isPresent();
    if (!there) {
      change(bench.again("the device went away", bench.tries()));
    } else if (!patient) {
      DeviceId silent = bench.device().orElseThrow();
      devices.rest(silent, LONG_RESPITE);
      change(bench.again("'%s' did not answer".formatted(silent), bench.tries()));
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
    Bench bench = known.orElse(fresh).asked(clock.instant().plus(LIFE));
    change(bench);
    return bench;
  }

  /** Waits until it ends, or until it has waited so long, all in all, for devices to take it. */
  synchronized Bench await(String id, Duration patience) throws InterruptedException {
    Bench bench = now(id);
    long leftNanos = patience.toNanos();
    long beforeNanos = System.nanoTime();
    while (bench.isOpen() && (leftNanos > 0 || bench.state() == Bench.State.OFFERED)) {
      wait(TURN_MILLIS);
      long nowNanos = System.nanoTime();
      leftNanos -= bench.state() == Bench.State.OFFERED ? 0 : nowNanos - beforeNanos;
      beforeNanos = nowNanos;
      bench = now(id);
    }
    return bench;
  }

  /** Those that have ended are in the database alone. */
  private Bench now(String id) {
    return Optional.ofNullable(open.get(id)).orElseGet(() -> store.find(id).orElseThrow());
  }

  /** A device answers; twice is as good as once. */
  public synchronized void reported(BenchReport report) {
    Bench bench = open.get(report.job());
    if (bench == null) {
      List.copyOf(open.values()).forEach(each -> refused(each, report));
    } else if (bench.isWith(report.device())) { // else given to another device meanwhile
      Bench next = BenchVerdict.answered(bench, report);
      if (report.outcome().kind() != BenchReport.Kind.MEASURED) {
        devices.rest(report.device(), RESPITE);
      }
      change(next);
    }
  }

  /** A device that does not believe a job names it by what was sent. */
  private void refused(Bench bench, BenchReport report) {
    boolean meant =
        Optional.ofNullable(offers.get(bench.id()))
            .filter(offer -> offer.envelope.hex().equals(report.job()))
            .isPresent();
    if (meant && bench.isWith(report.device())) {
      devices.rest(report.device(), LONG_RESPITE);
      Bench next = BenchVerdict.refused(bench, report);
      LOG.warnf("bench=%s %s", bench.id(), next.note());
      change(next);
    }
  }

  /**
   * A device told of a bench what no device can measure: it is asked no more, others are. Who was
   * asked nothing is nobody, for anyone may write to a broker.
   */
  public synchronized void distrust(DeviceId device) {
    for (Bench bench : List.copyOf(open.values())) {
      if (bench.isWith(device)) {
        devices.distrust(device);
        change(bench.again("'%s' told impossible numbers".formatted(device), bench.tries()));
      }
    }
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
      offers.remove(bench.id());
      events.add(BenchVerdict.event(bench, clock.instant()));
    }
    notifyAll();
  }

  @Override
  public synchronized void close() {
    offering.ifPresent(Thread::interrupt);
  }
}
