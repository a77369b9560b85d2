/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.Run;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.catalog.TrainingRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Runs of one kind, each with its job while it waits or is being done. */
public final class RunStore<T extends Run<T>> {
  private final Database database;
  private final String table;
  private final Function<Fields, T> parse;

  private RunStore(Database database, String table, Function<Fields, T> parse) {
    this.database = database;
    this.table = table;
    this.parse = parse;
  }

  public static RunStore<Fit> fits(Database database) {
    return new RunStore<>(database, "fits", Fit::parse);
  }

  public static RunStore<CompressionRun> compressions(Database database) {
    return new RunStore<>(database, "compressions", CompressionRun::parse);
  }

  public static RunStore<TrainingRun> trainings(Database database) {
    return new RunStore<>(database, "trainings", TrainingRun::parse);
  }

  /** What a run made, which is listed when it ends. */
  public record Results(List<StoredVariant> variants, List<Model> models) {
    public static final Results NONE = new Results(List.of(), List.of());

    private void list(Handle h) {
      variants.forEach(variant -> ModelStore.putVariant(h, variant));
      for (Model model : models) {
        if (!ModelStore.add(h, model)) {
          throw new RejectedException(
              FailureCode.DUPLICATE_NAME,
              "a model named '%s' came while it was made; nothing was kept"
                  .formatted(model.name()));
        }
      }
    }
  }

  /** Stores it with what is to be done. */
  public void start(T run, JobStore.Order order, Instant now) {
    database.write(
        h -> {
          JobStore.add(h, order);
          return h.createUpdate(
                  "INSERT INTO %s (id, model, state, run_json, created) VALUES (:id, :model, :state, :json, :now)"
                      .formatted(table))
              .bind("id", run.id())
              .bind("model", run.model())
              .bind("state", run.state().name())
              .bind("json", Columns.json(run.json()))
              .bind("now", now.toEpochMilli())
              .execute();
        });
  }

  /** Whether the process holds the job still; nothing is stored otherwise. */
  public boolean progress(T run, JobStore.Hold hold) {
    return database.write(h -> JobStore.isHeld(h, hold) && put(h, run));
  }

  /**
   * Stores how it ended, lists what it made, and forgets the job.
   *
   * @return whether the process held the job still; nothing is stored otherwise
   * @throws RejectedException DUPLICATE_NAME for a model; nothing is stored then either
   */
  public boolean end(T run, Results made, JobStore.Hold hold) {
    return database.write(
        h -> {
          boolean held = JobStore.end(h, hold) && put(h, run);
          if (held) {
            made.list(h);
          }
          return held;
        });
  }

  private boolean put(Handle h, T run) {
    return h.createUpdate(
                "UPDATE %s SET state = :state, run_json = :json WHERE id = :id".formatted(table))
            .bind("id", run.id())
            .bind("state", run.state().name())
            .bind("json", Columns.json(run.json()))
            .execute()
        == 1;
  }

  /** Forgets it and its job; whether it was there. */
  public boolean remove(String id) {
    return database.write(
        h -> {
          boolean there = h.execute("DELETE FROM %s WHERE id = ?".formatted(table), id) == 1;
          if (there) {
            JobStore.remove(h, id);
          }
          return there;
        });
  }

  public Optional<T> find(String id) {
    return database.read(
        h ->
            h.createQuery("SELECT run_json FROM %s WHERE id = :id".formatted(table))
                .bind("id", id)
                .map((row, c) -> run(Columns.text(row, "run_json")))
                .findOne());
  }

  /** Newest first, from the {@code offset}-th. */
  public List<T> list(int offset, int limit) {
    return database.newest(
        "SELECT run_json FROM " + table,
        offset,
        limit,
        (row, c) -> run(Columns.text(row, "run_json")));
  }

  public List<T> running() {
    return database.read(
        h ->
            h.createQuery("SELECT run_json FROM %s WHERE state = 'RUNNING'".formatted(table))
                .map((row, c) -> run(Columns.text(row, "run_json")))
                .list());
  }

  /** Those in the hands of other processes. */
  public List<T> runningElsewhere(String process) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT run_json FROM %s JOIN scheduled_tasks ON task_instance = id
                    WHERE picked = 1 AND picked_by <> :process"""
                        .formatted(table))
                .bind("process", process)
                .map((row, c) -> run(Columns.text(row, "run_json")))
                .list());
  }

  private T run(String json) {
    return parse.apply(Columns.object(json));
  }
}
