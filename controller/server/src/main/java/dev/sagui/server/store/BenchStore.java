/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.cost.CostModel;
import dev.sagui.device.DeviceId;
import dev.sagui.server.catalog.Bench;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/** Bench jobs and what came of them. */
public final class BenchStore {
  private static final String PROBES =
      """
      SELECT b.bench_json FROM devices d JOIN benches b ON b.only_device = d.id
        AND b.profile = d.profile AND b.runtime = json_extract(d.facts_json, '$.runtime_version')
      WHERE b.state = 'DONE'""";

  private final Database database;

  public BenchStore(Database database) {
    this.database = database;
  }

  public void put(Bench bench, Instant now) {
    database.write(
        h ->
            h.createUpdate(
                    """
                    INSERT INTO benches (id, digest, reference, profile, runtime, only_device, state, bench_json, created)
                    VALUES (:id, :digest, :reference, :profile, :runtime, :only, :state, :json, :now)
                    ON CONFLICT (id) DO UPDATE SET state = :state, bench_json = :json""")
                .bind("id", bench.id())
                .bind("digest", bench.subject().variant().hex())
                .bind("reference", bench.subject().reference().hex())
                .bind("profile", bench.subject().profile())
                .bind("runtime", bench.subject().runtime())
                .bind("only", only(bench.subject()))
                .bind("state", bench.state().name())
                .bind("json", Columns.json(bench.stored()))
                .bind("now", now.toEpochMilli())
                .execute());
  }

  /**
   * A number above all that were given, and above the time, so that a lost database is survived.
   */
  public long nextSequence(Instant now) {
    return database.write(
        h -> {
          h.createUpdate("UPDATE bench_sequence SET last = max(last + 1, :now)")
              .bind("now", now.toEpochMilli())
              .execute();
          return h.createQuery("SELECT last FROM bench_sequence").mapTo(Long.class).one();
        });
  }

  public Optional<Bench> find(String id) {
    return database.read(
        h ->
            h.createQuery("SELECT bench_json FROM benches WHERE id = :id")
                .bind("id", id)
                .map(BenchStore::bench)
                .findOne());
  }

  public Optional<Bench> find(Bench.Subject subject) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT bench_json FROM benches WHERE digest = :digest
                      AND reference = :reference AND profile = :profile AND runtime = :runtime
                      AND only_device = :only""")
                .bind("digest", subject.variant().hex())
                .bind("reference", subject.reference().hex())
                .bind("profile", subject.profile())
                .bind("runtime", subject.runtime())
                .bind("only", only(subject))
                .map(BenchStore::bench)
                .findOne());
  }

  private static String only(Bench.Subject subject) {
    return subject.only().map(DeviceId::value).orElse("");
  }

  /** The newest that were measured. */
  List<Bench> done(int limit) {
    return database.newest(
        "SELECT bench_json FROM benches WHERE state = 'DONE'", 0, limit, BenchStore::bench);
  }

  /** Those of devices, each as it is now: with that profile and version of ONNX Runtime. */
  List<Bench> probes(Collection<String> devices) {
    return database.read(
        h ->
            h.createQuery(PROBES + " AND d.id IN (<ids>)")
                .bindList(EmptyHandling.NULL_KEYWORD, "ids", List.copyOf(devices))
                .map(BenchStore::bench)
                .list());
  }

  /** Those of all devices of a profile that are believed. */
  List<Bench> probes(String profile) {
    return database.read(
        h ->
            h.createQuery(PROBES + " AND d.profile = :profile AND d.bench_quarantine IS NULL")
                .bind("profile", profile)
                .map(BenchStore::bench)
                .list());
  }

  /** What fits learned of the times of a profile's devices with that version of ONNX Runtime. */
  public Optional<CostModel> findCosts(String profile, String runtime) {
    return database.read(
        h ->
            h.createQuery(
                    "SELECT model_json FROM costs WHERE profile = :profile AND runtime = :runtime")
                .bind("profile", profile)
                .bind("runtime", runtime)
                .map((row, c) -> CostModel.parse(Columns.object(Columns.text(row, "model_json"))))
                .findOne());
  }

  public void putCosts(String profile, String runtime, CostModel model) {
    database.write(
        h ->
            h.createUpdate(
                    """
                    INSERT INTO costs (profile, runtime, model_json)
                    VALUES (:profile, :runtime, :json)
                    ON CONFLICT (profile, runtime) DO UPDATE SET model_json = :json""")
                .bind("profile", profile)
                .bind("runtime", runtime)
                .bind("json", Columns.json(model.json()))
                .execute());
  }

  /** Those that have not ended, oldest first. */
  public List<Bench> open() {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT bench_json FROM benches WHERE state IN ('WAITING', 'OFFERED')
                    ORDER BY created, rowid""")
                .map(BenchStore::bench)
                .list());
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Bench> list(int offset, int limit) {
    return database.newest("SELECT bench_json FROM benches", offset, limit, BenchStore::bench);
  }

  private static Bench bench(ResultSet row, StatementContext context) throws SQLException {
    return Bench.parse(Columns.object(Columns.text(row, "bench_json")));
  }
}
