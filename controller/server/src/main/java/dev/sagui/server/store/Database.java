/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The SQLite file: many readers, one writer at a time, in WAL mode. */
public final class Database implements AutoCloseable {
  private static final int BUSY_MILLIS = 10_000;
  private static final int MAX_IDLE = 4;

  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantLock writer = new ReentrantLock();
  private final SQLiteDataSource source;
  private final Jdbi jdbi;

  private Database(SQLiteDataSource source) {
    this.source = source;
    this.jdbi = Jdbi.create(new Pool());
  }

  /** Opens {@code file}, creating and migrating it as needed. */
  public static Database open(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(source)
        .locations("classpath:db/migration")
        .load()
        .migrate();
    return new Database(source);
  }

  /** For an engine that does its own reading and writing; it waits while others write. */
  public DataSource source() {
    return source;
  }

  <T> T read(Function<Handle, T> query) {
    return jdbi.withHandle(query::apply);
  }

  /**
   * A page of a table that has a column {@code created}, newest first.
   *
   * @param select without an order
   * @param offset of the first row
   */
  <T> List<T> newest(String select, int offset, int limit, RowMapper<T> row) {
    return read(
        h ->
            h.createQuery(select + " ORDER BY created DESC, rowid DESC LIMIT :limit OFFSET :offset")
                .bind("limit", limit)
                .bind("offset", offset)
                .map(row)
                .list());
  }

  /** Runs {@code work} in one transaction; it is rolled back when {@code work} throws. */
  public <T> T write(Function<Handle, T> work) {
    writer.lock();
    try {
      return jdbi.inTransaction(work::apply);
    } finally {
      writer.unlock();
    }
  }

  @Override
  public void close() {
    for (Connection c = idle.poll(); c != null; c = idle.poll()) {
      closeQuietly(c);
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the file is consistent without it: SQLite recovers from its write-ahead log
    }
  }

  private final class Pool implements ConnectionFactory {
    @Override
    public Connection openConnection() throws SQLException {
      Connection free = idle.poll();
      return free != null ? free : source.getConnection();
    }

    @Override
    public void closeConnection(Connection connection) {
      if (idle.size() < MAX_IDLE) {
        idle.push(connection);
      } else {
        closeQuietly(connection);
      }
    }
  }
}
