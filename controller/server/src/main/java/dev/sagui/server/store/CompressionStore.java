/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Fit;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compressions; the progress of a running one is kept by who runs it. */
public final class CompressionStore {
  private final Database database;

  public CompressionStore(Database database) {
    this.database = database;
  }

  public void put(CompressionRun run, Instant now) {
    database.write(
        h ->
            h.createUpdate(
                    """
                    INSERT INTO compressions VALUES (:id, :model, :state, :json, :now)
                    ON CONFLICT (id) DO UPDATE SET state = :state, compression_json = :json""")
                .bind("id", run.id())
                .bind("model", run.model())
                .bind("state", run.state().name())
                .bind("json", Columns.json(run.json()))
                .bind("now", now.toEpochMilli())
                .execute());
  }

  /** Whether it was there. */
  public boolean remove(String id) {
    return database.write(h -> h.execute("DELETE FROM compressions WHERE id = ?", id) == 1);
  }

  public Optional<CompressionRun> find(String id) {
    return database.read(
        h ->
            h.createQuery("SELECT compression_json FROM compressions WHERE id = :id")
                .bind("id", id)
                .map((row, c) -> run(Columns.object(Columns.text(row, "compression_json"))))
                .findOne());
  }

  /** Newest first, from the {@code offset}-th. */
  public List<CompressionRun> list(int offset, int limit) {
    return database.newest(
        "SELECT compression_json FROM compressions",
        offset,
        limit,
        (row, c) -> run(Columns.object(Columns.text(row, "compression_json"))));
  }

  public List<CompressionRun> running() {
    return database.read(
        h ->
            h.createQuery("SELECT compression_json FROM compressions WHERE state = 'RUNNING'")
                .map((row, c) -> run(Columns.object(Columns.text(row, "compression_json"))))
                .list());
  }

  private static CompressionRun run(Fields f) {
    return new CompressionRun(
        f.string("id"),
        f.string("model"),
        f.string("variant"),
        Fit.State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.number("progress"),
        f.string("doing"),
        f.objects("steps", CompressionStore::step),
        f.has("problem") ? Optional.of(problem(f.object("problem"))) : Optional.empty());
  }

  private static CompressionRun.Step step(Fields f) {
    return new CompressionRun.Step(
        f.string("name"),
        f.flag("changed"),
        f.string("reason"),
        f.integer("bytes"),
        f.number("seconds"));
  }

  private static Fit.Problem problem(Fields f) {
    return new Fit.Problem(f.typed("code", FailureCode::valueOf), f.string("detail"));
  }
}
