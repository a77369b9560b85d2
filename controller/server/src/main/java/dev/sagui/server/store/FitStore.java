/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.server.catalog.Fit;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Fits; the progress of a running one is kept by who runs it. */
public final class FitStore {
  private final Database database;

  public FitStore(Database database) {
    this.database = database;
  }

  public void put(Fit fit, Instant now) {
    database.write(
        h ->
            h.createUpdate(
                    """
                    INSERT INTO fits (id, model, state, fit_json, created) VALUES (:id, :model, :state, :json, :now)
                    ON CONFLICT (id) DO UPDATE SET state = :state, fit_json = :json""")
                .bind("id", fit.id())
                .bind("model", fit.model())
                .bind("state", fit.state().name())
                .bind("json", Columns.json(fit.json()))
                .bind("now", now.toEpochMilli())
                .execute());
  }

  /** Keeps the page of a fit that is done. */
  public void putPage(String id, String html) {
    database.write(h -> h.execute("UPDATE fits SET page = ? WHERE id = ?", html, id));
  }

  public Optional<String> findPage(String id) {
    return database.read(
        h ->
            h.createQuery("SELECT page FROM fits WHERE id = :id AND page <> ''")
                .bind("id", id)
                .mapTo(String.class)
                .findOne());
  }

  public Optional<Fit> find(String id) {
    return database.read(
        h ->
            h.createQuery("SELECT fit_json FROM fits WHERE id = :id")
                .bind("id", id)
                .map((row, c) -> fit(Columns.object(Columns.text(row, "fit_json"))))
                .findOne());
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Fit> list(int offset, int limit) {
    return database.newest(
        "SELECT fit_json FROM fits",
        offset,
        limit,
        (row, c) -> fit(Columns.object(Columns.text(row, "fit_json"))));
  }

  public List<Fit> running() {
    return database.read(
        h ->
            h.createQuery("SELECT fit_json FROM fits WHERE state = 'RUNNING'")
                .map((row, c) -> fit(Columns.object(Columns.text(row, "fit_json"))))
                .list());
  }

  private static Fit fit(Fields f) {
    return new Fit(
        f.string("id"),
        f.string("model"),
        f.strings("profiles"),
        Fit.State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.number("progress"),
        f.string("doing"),
        f.objects("choices", FitStore::chosen),
        f.has("problem") ? Optional.of(problem(f.object("problem"))) : Optional.empty());
  }

  private static Fit.Chosen chosen(Fields c) {
    return new Fit.Chosen(
        c.string("profile"),
        c.findString("variant"),
        c.string("reason"),
        c.findString("times").orElse(""),
        c.has("measured") ? Optional.of(onDevice(c.object("measured"))) : Optional.empty());
  }

  private static Fit.OnDevice onDevice(Fields m) {
    return new Fit.OnDevice(
        m.string("device"), m.number("ratio"), m.number("low"), m.number("high"));
  }

  private static Fit.Problem problem(Fields f) {
    return new Fit.Problem(f.typed("code", FailureCode::valueOf), f.string("detail"));
  }
}
