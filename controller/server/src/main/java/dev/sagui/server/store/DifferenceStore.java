/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.server.catalog.DifferenceSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The table {@code differences}. */
public final class DifferenceStore {
  private final Database database;

  public DifferenceStore(Database database) {
    this.database = database;
  }

  static void add(Handle h, Digest release) {
    DifferenceSet ordered = DifferenceSet.ORDERED;
    h.execute(
        "INSERT INTO differences VALUES (?, ?, ?, ?)",
        release.hex(),
        ordered.state().name(),
        ordered.progress(),
        Columns.list(List.of()));
  }

  public DifferenceSet of(Digest release) {
    return database.read(h -> of(h, release.hex()));
  }

  static DifferenceSet of(Handle h, String release) {
    return h.createQuery("SELECT * FROM differences WHERE release = :release")
        .bind("release", release)
        .map(DifferenceStore::set)
        .findOne()
        .orElse(DifferenceSet.NONE);
  }

  private static DifferenceSet set(ResultSet row, StatementContext context) throws SQLException {
    return new DifferenceSet(
        DifferenceSet.State.valueOf(Columns.text(row, "state")),
        row.getDouble("progress"),
        Columns.list(row, "found_json", Difference::parse));
  }

  /** Whether the process holds the job still; nothing is stored otherwise. */
  public boolean put(Digest release, DifferenceSet set, JobStore.Hold hold) {
    return database.write(h -> JobStore.isHeld(h, hold) && put(h, release, set));
  }

  /** Stores how it ended and forgets the job; whether the process held it still. */
  public boolean end(Digest release, DifferenceSet set, JobStore.Hold hold) {
    return database.write(h -> JobStore.end(h, hold) && put(h, release, set));
  }

  private static boolean put(Handle h, Digest release, DifferenceSet set) {
    return h.createUpdate(
                """
                UPDATE differences SET state = :state, progress = :progress, found_json = :found
                WHERE release = :release""")
            .bind("release", release.hex())
            .bind("state", set.state().name())
            .bind("progress", set.progress())
            .bind("found", Columns.list(set.found().stream().map(Difference::json).toList()))
            .execute()
        == 1;
  }

  /** Devices that shall serve the release and do not yet. */
  public List<DeviceId> waiting(Digest release) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT d.device FROM desired_slots d
                    LEFT JOIN slots s ON s.device = d.device AND s.model = d.model
                    WHERE d.release = :release
                      AND json_extract(s.slot_json, '$.serving.manifest') IS NOT d.release
                    ORDER BY d.device""")
                .bind("release", release.hex())
                .map((row, c) -> new DeviceId(Columns.text(row, "device")))
                .list());
  }
}
