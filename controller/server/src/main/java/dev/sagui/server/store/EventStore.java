/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.server.fleet.Event;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** What happened, and who wants to hear of it. */
public final class EventStore {
  private static final long NOT = -1;
  private static final int MOST_FOLLOWED = 500;

  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
  private final Database database;
  private final Set<Long> own = ConcurrentHashMap.newKeySet();
  private volatile long followed = NOT;

  public EventStore(Database database) {
    this.database = database;
  }

  /** Stores and tells. */
  public void add(Event event) {
    tell(database.write(h -> List.of(insertOne(h, event))));
  }

  /** From now on {@link #tellFollowed} tells what others store. */
  public void follow() {
    followed =
        database.read(
            h -> h.createQuery("SELECT coalesce(max(id), 0) FROM events").mapTo(Long.class).one());
  }

  /** Tells what other processes stored since the last call; one thread at a time. */
  public void tellFollowed() {
    for (Event event : since(followed, MOST_FOLLOWED)) {
      followed = event.id();
      if (!own.remove(event.id())) {
        tell(List.of(event));
      }
    }
  }

  /** Stores as part of a transaction; {@link #tell} follows once it is committed. */
  List<Event> insert(Handle h, List<Event> events) {
    List<Event> stored = new ArrayList<>();
    events.forEach(event -> stored.add(insertOne(h, event)));
    return stored;
  }

  private Event insertOne(Handle h, Event event) {
    long id =
        h.createQuery(
                """
                INSERT INTO events (at, device, model, kind, code, message)
                VALUES (:at, :device, :model, :kind, :code, :message) RETURNING id""")
            .bind("at", event.at().toEpochMilli())
            .bind("device", event.device())
            .bind("model", event.model())
            .bind("kind", event.kind().name())
            .bind("code", event.code())
            .bind("message", event.message())
            .mapTo(Long.class)
            .one();
    if (followed != NOT) {
      own.add(id); // before others can see it
    }
    return event.stored(id);
  }

  void tell(List<Event> stored) {
    stored.forEach(event -> listeners.forEach(listener -> listener.accept(event)));
  }

  /** Tells without storing: progress, of which the last word alone matters. */
  public void pass(Event event) {
    tell(List.of(event));
  }

  /** Ends the subscription when run. */
  public Runnable listen(Consumer<Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Newest first, those before {@code before}. */
  public List<Event> list(long before, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM events WHERE id < :before ORDER BY id DESC LIMIT :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map(EventStore::event)
                .list());
  }

  /** Oldest first, the newest {@code most} of those after {@code after}. */
  public List<Event> since(long after, int most) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT * FROM (SELECT * FROM events WHERE id > :after
                      ORDER BY id DESC LIMIT :most) ORDER BY id""")
                .bind("after", after)
                .bind("most", most)
                .map(EventStore::event)
                .list());
  }

  private static Event event(ResultSet row, StatementContext context) throws SQLException {
    return new Event(
        row.getLong("id"),
        Columns.time(row, "at"),
        Columns.text(row, "device"),
        Columns.text(row, "model"),
        Event.Kind.valueOf(Columns.text(row, "kind")),
        Columns.text(row, "code"),
        Columns.text(row, "message"));
  }
}
