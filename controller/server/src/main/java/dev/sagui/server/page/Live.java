/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.fleet.Hearing;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Renders the page's parts once a second for all who watch, and not at all while nobody does. */
@Singleton
final class Live {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Multi<Fragments> rendered;

  Live(FleetView fleet, Hearing hearing) {
    this.rendered =
        Multi.createFrom()
            .ticks()
            .every(EVERY)
            .onOverflow()
            .drop()
            .emitOn(Infrastructure.getDefaultWorkerPool(), 1)
            .map(tick -> Fragments.of(fleet, hearing))
            .onFailure()
            .retry()
            .withBackOff(EVERY)
            .indefinitely()
            .broadcast()
            .withCancellationAfterLastSubscriberDeparture()
            .toAllSubscribers();
  }

  /** For one watcher: every part at first, then each that changed, by name. */
  Multi<Map.Entry<String, String>> changes() {
    AtomicReference<Fragments> sent = new AtomicReference<>(new Fragments(Map.of()));
    return rendered
        .onOverflow()
        .dropPreviousItems()
        .flatMap(
            now -> Multi.createFrom().iterable(now.changedSince(sent.getAndSet(now)).entrySet()));
  }
}
