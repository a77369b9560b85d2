/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.EventStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Bench jobs as they are now. The database follows, in order, by whoever calls {@link #save}: no
 * lock is held meanwhile, so that a slow disk delays nobody else.
 */
final class BenchBook {
  private static final long TURN_MILLIS = 200;

  private final BenchStore store;
  private final EventStore events;
  private final Clock clock;
  private final Map<String, Bench> open = new LinkedHashMap<>();
  private final Deque<Bench> unsaved = new ArrayDeque<>();
  private long changes;
  private long saves;

  BenchBook(BenchStore store, EventStore events, Clock clock) {
    this.store = store;
    this.events = events;
    this.clock = clock;
  }

  /** Those that have not ended, oldest first. */
  synchronized List<Bench> open() {
    return List.copyOf(open.values());
  }

  /** Devices that have one. */
  synchronized Set<DeviceId> busy() {
    return open.values().stream()
        .flatMap(bench -> bench.device().stream())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** The one of that id, if it has not ended. */
  synchronized Optional<Bench> findOpen(String id) {
    return Optional.ofNullable(open.get(id));
  }

  Optional<Bench> find(String id) {
    return latest(bench -> bench.id().equals(id)).or(() -> store.find(id));
  }

  private synchronized Optional<Bench> latest(Predicate<Bench> wanted) {
    List<Bench> newest = new ArrayList<>(unsaved);
    Collections.reverse(newest);
    newest.addAll(open.values());
    return newest.stream().filter(wanted).findFirst();
  }

  /**
   * The job for that subject: the known one, or what {@code begun} makes of it or of {@code fresh}.
   */
  Bench ask(Bench fresh, Predicate<Bench> settled, UnaryOperator<Bench> begun) {
    Optional<Bench> asked = Optional.empty();
    while (asked.isEmpty()) {
      long seen = saves();
      asked = ask(fresh, settled, begun, store.find(fresh.subject()), seen);
    }
    return asked.get();
  }

  /**
   * The job for that subject: the known one, or {@code fresh}, which may be offered until then; one
   * that was too noisy is asked for again.
   */
  Bench ask(Bench fresh, Instant until) {
    return ask(fresh, known -> !isNoisy(known), known -> known.asked(until, fresh.seconds()));
  }

  private static boolean isNoisy(Bench known) {
    return known.state() == Bench.State.FAILED && known.code().isEmpty();
  }

  private synchronized long saves() {
    return saves;
  }

  /** Empty when something was saved since {@code stored} was read, which may be old then. */
  private synchronized Optional<Bench> ask(
      Bench fresh,
      Predicate<Bench> settled,
      UnaryOperator<Bench> begun,
      Optional<Bench> stored,
      long seen) {
    if (saves != seen) {
      return Optional.empty();
    }
    Optional<Bench> known =
        latest(bench -> bench.subject().equals(fresh.subject())).or(() -> stored);
    if (known.filter(settled).isEmpty()) {
      Bench bench = begun.apply(known.orElse(fresh));
      put(bench);
      return Optional.of(bench);
    }
    return known;
  }

  synchronized void put(Bench bench) {
    if (bench.isOpen()) {
      open.put(bench.id(), bench);
    } else {
      open.remove(bench.id());
    }
    unsaved.add(bench);
    changes++;
    notifyAll();
  }

  /** If it is as it was still. */
  synchronized boolean replace(Bench before, Bench next) {
    boolean same = before.equals(open.get(before.id()));
    if (same) {
      put(next);
    }
    return same;
  }

  /** Changes so far. */
  private synchronized long changes() {
    return changes;
  }

  /** Waits until there were more changes than {@code seen}, or so long. */
  private synchronized void awaitChange(long seen, long millis) throws InterruptedException {
    long start = System.nanoTime();
    long left = millis;
    while (changes == seen && left > 0) {
      wait(left);
      left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  /**
   * Waits until it ends, or until it has waited so long, all in all, for devices to take it.
   *
   * @param most with them, too
   */
  Bench awaitEnd(String id, Duration patience, Duration most) throws InterruptedException {
    long seen = changes();
    Bench bench = find(id).orElseThrow();
    long leftNanos = patience.toNanos();
    long startNanos = System.nanoTime();
    long beforeNanos = startNanos;
    while (bench.isOpen()
        && beforeNanos - startNanos < most.toNanos()
        && (leftNanos > 0 || bench.state() == Bench.State.OFFERED)) {
      awaitChange(seen, TURN_MILLIS);
      long nowNanos = System.nanoTime();
      leftNanos -= bench.state() == Bench.State.OFFERED ? 0 : nowNanos - beforeNanos;
      beforeNanos = nowNanos;
      seen = changes();
      bench = find(id).orElseThrow();
    }
    return bench;
  }

  /** Waits until there is something to do, or so long if a job is open. */
  synchronized void awaitWork(long millis) throws InterruptedException {
    long start = System.nanoTime();
    long left = millis;
    while (unsaved.isEmpty() && (open.isEmpty() || left > 0)) {
      wait(open.isEmpty() ? 0 : left);
      left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  /** Writes what changed; one thread at a time. */
  void save() {
    Optional<Bench> next = firstUnsaved();
    while (next.isPresent()) {
      store.put(next.get(), clock.instant());
      if (!next.get().isOpen()) {
        Event end = BenchVerdict.event(next.get(), clock.instant());
        events.add(end);
      }
      saved();
      next = firstUnsaved();
    }
  }

  /** What concerns a device and no bench alone. */
  void tell(DeviceId device, String message) {
    String code = FailureCode.MALFORMED_PAYLOAD.name();
    events.add(new Event(0, clock.instant(), device.value(), "", Event.Kind.BENCH, code, message));
  }

  private synchronized Optional<Bench> firstUnsaved() {
    return Optional.ofNullable(unsaved.peekFirst());
  }

  private synchronized void saved() {
    unsaved.removeFirst();
    saves++;
  }
}
