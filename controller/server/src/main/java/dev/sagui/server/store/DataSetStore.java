/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.server.catalog.DataSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/** What is known of data sets; each has its files in the {@link DataFolder}. */
public final class DataSetStore {
  /** Jobs that wait or are being done, by the data that they read. */
  private static final String USED =
      "SELECT task_instance FROM scheduled_tasks, json_each(CAST(task_data AS TEXT), '$.data') WHERE value = ";

  private final Database database;

  public DataSetStore(Database database) {
    this.database = database;
  }

  /** Whether it was added; false when the name is taken. */
  public boolean add(DataSet set) {
    return database.write(
        h ->
            h.execute(
                    "INSERT INTO data_sets VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    set.name().value(),
                    set.bytes(),
                    set.files(),
                    set.created().toEpochMilli())
                == 1);
  }

  public Optional<DataSet> find(String name) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM data_sets WHERE name = :name")
                .bind("name", name)
                .map(DataSetStore::set)
                .findOne());
  }

  /** By name, those after {@code after}. */
  public List<DataSet> list(String after, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM data_sets WHERE name > :after ORDER BY name LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map(DataSetStore::set)
                .list());
  }

  /** Of all together. */
  public long bytes() {
    return database.read(
        h ->
            h.createQuery("SELECT coalesce(sum(bytes), 0) FROM data_sets").mapTo(Long.class).one());
  }

  /** Forgets one that no job reads; whether it was there. */
  public boolean remove(String name) {
    return database.write(
        h ->
            h.execute(
                    "DELETE FROM data_sets WHERE name = ? AND NOT EXISTS (" + USED + "?)",
                    name,
                    name)
                == 1);
  }

  /** A job that reads it. */
  public Optional<String> user(String name) {
    return database.read(
        h ->
            h.createQuery(USED + ":name LIMIT 1").bind("name", name).mapTo(String.class).findOne());
  }

  private static DataSet set(ResultSet row, StatementContext context) throws SQLException {
    return new DataSet(
        new ArtifactName(Columns.text(row, "name")),
        row.getLong("bytes"),
        row.getLong("files"),
        Columns.time(row, "created"));
  }
}
