/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Offers bench jobs to idle devices and takes their answers. What is open is in the database too,
 * and offered again after a restart. Any thread may ask; the one that offers also writes.
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

  private final BenchStore store;
  private final BenchDevices devices;
  private final SigningKey key;
  private final Clock clock;
  private final BenchBook book;
  private final BenchOffers offers;
  private Optional<Thread> offering = Optional.empty();

  public Benches(
      BenchStore store, DeviceStore devices, SigningKey key, EventStore events, Clock clock) {
    this.store = store;
    this.devices = new BenchDevices(devices, clock);
    this.key = key;
    this.clock = clock;
    this.book = new BenchBook(store, events, clock);
    this.offers = new BenchOffers(clock);
    store
        .open()
        .forEach(
            bench -> {
              offers.sentBefore(bench.id());
              book.put(bench.again("the controller was restarted", bench.tries()));
            });
    book.save();
  }

  /** Begins to offer. */
  public synchronized void start(BenchLink link) {
    Thread thread = Fits.daemon(() -> offer(link), "sagui-benches");
    offering = Optional.of(thread);
    thread.start();
  }

  private void offer(BenchLink link) {
    try {
      while (true) {
        book.awaitWork(TURN_MILLIS);
        turn(link);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(BenchLink link) {
    try {
      Map<String, List<Device>> willing = new HashMap<>();
      Set<DeviceId> busy = book.busy();
      for (Bench bench : book.open()) {
        if (bench.state() == Bench.State.OFFERED) {
          leaveIfLost(bench);
        } else if (clock.instant().isAfter(bench.deadline())) {
          change(bench, BenchVerdict.expired(bench, LIFE));
        } else if (devices.isDue(bench)) {
          List<Device> of =
              bench.isProbe()
                  ? devices.willing(bench)
                  : willing.computeIfAbsent(bench.subject().profile(), devices::willing);
          Optional<Device> chosen = devices.choose(bench, of, busy);
          chosen.ifPresent(device -> offer(bench, device, link));
          chosen.map(Device::id).ifPresent(busy::add);
        }
      }
      book.save();
    } catch (RuntimeException e) {
      LOG.error("bench jobs could not be offered; tried on", e);
    }
  }

  BenchStore store() {
    return store;
  }

  /** Who takes benches of that profile now: online, willing, not known to tell nonsense. */
  List<Device> willing(String profile) {
    return devices.willing(profile);
  }

  /** How many of them could take one now. */
  int idle(String profile) {
    return devices.idle(willing(profile), book.busy()).size();
  }

  private void offer(Bench bench, Device device, BenchLink link) {
    BenchJob job =
        new BenchJob(
            device.id(),
            bench.id(),
            store.nextSequence(clock.instant()),
            bench.candidate(),
            bench.reference(),
            bench.seconds(),
            bench.isProbe() ? 0 : BenchRequests.RATE);
    byte[] envelope = key.sign(job);
    offers.sent(bench.id(), envelope);
    if (book.replace(bench, bench.offered(device.id(), device.instance()))) {
      link.offer(device.id(), envelope);
      LOG.debugf("bench=%s variant=%s device=%s", bench.id(), bench.variant(), device.id());
    }
  }

  /** The device went away, came back as another process, or never answered. */
  private void leaveIfLost(Bench bench) {
    boolean there = bench.device().filter(id -> devices.isThere(id, bench.instance())).isPresent();
    if (!there) {
      change(bench, bench.again("the device went away", bench.tries()));
    } else if (!offers.isFresh(bench.id())) {
      DeviceId silent = bench.device().orElseThrow();
      if (change(bench, bench.again("'%s' did not answer".formatted(silent), bench.tries()))) {
        devices.rest(silent, LONG_RESPITE); // else it has answered meanwhile
      }
    }
  }

  /** The job for that subject: the known one, or {@code fresh}, which is offered from now on. */
  Bench ask(Bench fresh) {
    Bench asked = book.ask(fresh, clock.instant().plus(LIFE));
    devices.forget(asked);
    return asked;
  }

  /** The same, offered after so long at the earliest: nobody waits for it. */
  void askLater(Bench fresh, Duration quiet) {
    devices.leave(fresh, quiet);
    Bench asked = book.ask(fresh, clock.instant().plus(LIFE));
    if (!asked.id().equals(fresh.id())) {
      devices.forget(fresh);
      devices.leave(asked, quiet);
    }
  }

  /** As {@link BenchBook#awaitEnd}. */
  Bench await(String id, Duration patience, Duration most) throws InterruptedException {
    return book.awaitEnd(id, patience, most);
  }

  /** A device answers; twice is as good as once. */
  public void reported(BenchReport report) {
    Optional<Bench> job = book.findOpen(report.job());
    if (job.isEmpty()) {
      book.open().forEach(each -> refused(each, report));
    } else if (job.get().isWith(report.device())) { // else given to another device meanwhile
      if (report.outcome().kind() != BenchReport.Kind.MEASURED) {
        devices.rest(report.device(), RESPITE);
        if (job.get().isProbe()) {
          devices.putOff(job.get());
        }
      }
      Optional<String> nonsense =
          report.outcome().result().flatMap(told -> offers.impossible(job.get(), told));
      nonsense.ifPresent(why -> distrust(report.device(), why));
      if (nonsense.isEmpty()) {
        change(job.get(), BenchVerdict.answered(job.get(), report));
      }
    }
  }

  /** Whether it was as it is known here still. */
  private boolean change(Bench bench, Bench next) {
    boolean changed = book.replace(bench, next);
    if (changed && !next.isOpen()) {
      offers.forget(bench.id());
      devices.forget(bench);
    }
    return changed;
  }

  /** A device that does not believe a job names it by what was sent. */
  private void refused(Bench bench, BenchReport report) {
    if (offers.isNamed(bench.id(), report.job()) && bench.isWith(report.device())) {
      devices.rest(report.device(), LONG_RESPITE);
      Bench next = BenchVerdict.refused(bench, report);
      LOG.warnf("bench=%s %s", bench.id(), next.note());
      change(bench, next);
    }
  }

  /** A device told of a bench what no device can: it is quarantined, if it was asked at all. */
  public void distrust(DeviceId device, String why) {
    for (Bench bench : book.open()) {
      if (bench.isWith(device)) {
        if (devices.distrust(device, why)) {
          book.tell(device, "asked to measure no more: " + why);
        }
        change(bench, bench.again("'%s' told impossible numbers".formatted(device), bench.tries()));
      }
    }
  }

  /** What is known now, in the database or on its way there. */
  public Optional<Bench> find(String id) {
    return book.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Bench> list(int offset, int limit) {
    return store.list(offset, limit);
  }

  @Override
  public synchronized void close() {
    try {
      if (offering.isPresent()) {
        offering.get().interrupt();
        offering.get().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    book.save();
  }
}
