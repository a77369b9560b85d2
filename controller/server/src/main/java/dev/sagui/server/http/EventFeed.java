/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.EventStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.util.List;
import java.util.OptionalLong;

/**
 * The events after one that a reader has seen, then those that happen. Nothing between the two is
 * lost or doubled: events that happen while the stored ones are read wait for that. A reader that
 * falls {@link #BUFFER} events behind is cut off, and catches up when it comes again.
 */
final class EventFeed {
  private static final int MOST_REPLAYED = 500;
  private static final int BUFFER = 1_000;

  private final MultiEmitter<? super Event> reader;
  private long replayed;

  private EventFeed(MultiEmitter<? super Event> reader) {
    this.reader = reader;
  }

  /**
   * @param seen id of the last event that the reader has seen; without it nothing is replayed
   */
  static Multi<Event> of(EventStore events, OptionalLong seen) {
    return Multi.createFrom()
        .<Event>emitter(
            reader -> {
              EventFeed feed = new EventFeed(reader);
              feed.start(events, seen);
            },
            BUFFER)
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  private synchronized void start(EventStore events, OptionalLong seen) {
    reader.onTermination(events.listen(this::happened));
    if (seen.isPresent()) {
      List<Event> missed = events.since(seen.getAsLong(), MOST_REPLAYED);
      missed.forEach(reader::emit);
      replayed = missed.isEmpty() ? seen.getAsLong() : missed.get(missed.size() - 1).id();
    }
  }

  private synchronized void happened(Event event) {
    if (event.id() == 0 || event.id() > replayed) {
      reader.emit(event);
    }
  }
}
