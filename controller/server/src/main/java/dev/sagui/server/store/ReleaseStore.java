/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Signed releases. */
public final class ReleaseStore {
  private final Database database;

  public ReleaseStore(Database database) {
    this.database = database;
  }

  /** Highest sequence of the model's releases; 0 if it has none. */
  public long newest(String model) {
    return database.read(
        h ->
            h.createQuery("SELECT coalesce(max(sequence), 0) FROM releases WHERE model = :model")
                .bind("model", model)
                .mapTo(Long.class)
                .one());
  }

  /**
   * Stores it, and that its differences are to be made.
   *
   * @param differences the job
   */
  public void add(Release release, JobStore.Order differences) {
    database.write(
        h -> {
          JobStore.add(h, differences);
          int added = insert(h, release);
          DifferenceStore.add(h, release.id());
          return added;
        });
  }

  private static int insert(Handle h, Release release) {
    return h.createUpdate(
            """
                    INSERT INTO releases VALUES (:id, :model, :variant, :sequence, :profiles,
                      :flash, :manifest, :files, :created)""")
        .bind("id", release.id().hex())
        .bind("model", release.model().value())
        .bind("variant", release.variant().value())
        .bind("sequence", release.sequence())
        .bind(
            "profiles",
            Columns.strings(release.profiles().stream().map(ArtifactName::value).toList()))
        .bind("flash", release.flashBytes())
        .bind("manifest", release.manifestBytes())
        .bind("files", Columns.list(release.files().stream().map(StoredFile::json).toList()))
        .bind("created", release.created().toEpochMilli())
        .execute();
  }

  public Optional<Release> find(String id) {
    return database.read(h -> find(h, id));
  }

  static Optional<Release> find(Handle h, String id) {
    return h.createQuery("SELECT * FROM releases WHERE id = :id")
        .bind("id", id)
        .map(ReleaseStore::release)
        .findOne();
  }

  /** Those of a model, newest first. */
  public List<Release> ofModel(ArtifactName model, int limit) {
    return database.read(
        h ->
            h.createQuery(
                    "SELECT * FROM releases WHERE model = :model ORDER BY sequence DESC LIMIT :limit")
                .bind("model", model.value())
                .bind("limit", limit)
                .map(ReleaseStore::release)
                .list());
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Release> list(int offset, int limit) {
    return database.newest("SELECT * FROM releases", offset, limit, ReleaseStore::release);
  }

  /** Devices that shall serve the release, counted by the state of its slot. */
  public Map<String, Long> deviceStates(Digest release) {
    List<Map.Entry<String, Long>> rows =
        database.read(
            h ->
                h.createQuery(
                        """
                    SELECT coalesce(s.state, 'IDLE') AS state, count(*) AS n FROM desired_slots d
                    LEFT JOIN slots s ON s.device = d.device AND s.model = d.model
                    WHERE d.release = :release GROUP BY 1 ORDER BY 1""")
                    .bind("release", release.hex())
                    .map((row, c) -> Map.entry(Columns.text(row, "state"), row.getLong("n")))
                    .list());
    Map<String, Long> states = new LinkedHashMap<>();
    rows.forEach(row -> states.put(row.getKey(), row.getValue()));
    return states;
  }

  private static Release release(ResultSet row, StatementContext context) throws SQLException {
    return new Release(
        new Digest(Columns.text(row, "id")),
        new ArtifactName(Columns.text(row, "model")),
        new ArtifactName(Columns.text(row, "variant")),
        row.getLong("sequence"),
        Columns.strings(row, "profiles_json").stream().map(ArtifactName::new).toList(),
        row.getLong("flash_bytes"),
        row.getLong("manifest_bytes"),
        Columns.list(row, "files_json", StoredFile::parse),
        Columns.time(row, "created"));
  }
}
