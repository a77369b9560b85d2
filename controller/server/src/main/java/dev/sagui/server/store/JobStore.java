/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Jobs that wait or are being done: db-scheduler's table, written with what the jobs are about. */
public final class JobStore {
  private static final String HELD =
      "task_name = :kind AND task_instance = :id AND version = :version AND picked = 1";

  private final Database database;

  /**
   * A job to do.
   *
   * @param kind name of its kind
   * @param what is to be done, as JSON
   * @param due by the clock of jobs
   */
  public record Order(String kind, String id, Map<String, Object> what, Instant due) {}

  /**
   * A job in the hands of one process.
   *
   * @param version that the job has until another process takes it
   */
  public record Hold(String kind, String id, long version) {}

  public JobStore(Database database) {
    this.database = database;
  }

  static void add(Handle h, Order order) {
    h.createUpdate(
            """
            INSERT INTO scheduled_tasks (task_name, task_instance, task_data, execution_time, picked, version)
            VALUES (:kind, :id, :what, :due, 0, 1)""")
        .bind("kind", order.kind())
        .bind("id", order.id())
        .bind("what", Json.write(order.what()))
        .bind("due", order.due().toEpochMilli())
        .execute();
  }

  static boolean isHeld(Handle h, Hold hold) {
    return h.createQuery("SELECT count(*) FROM scheduled_tasks WHERE " + HELD)
            .bindMethods(hold)
            .mapTo(Integer.class)
            .one()
        == 1;
  }

  /** Whether it was held still. */
  static boolean end(Handle h, Hold hold) {
    return h.createUpdate("DELETE FROM scheduled_tasks WHERE " + HELD).bindMethods(hold).execute()
        == 1;
  }

  static void remove(Handle h, String id) {
    h.execute("DELETE FROM scheduled_tasks WHERE task_instance = ?", id);
  }

  /** Ends a job that nothing is known of. */
  public void end(Hold hold) {
    database.write(h -> end(h, hold));
  }

  /** Gives back what that process holds, for others to take at once. */
  public void release(String process) {
    database.write(
        h ->
            h.execute(
                """
                UPDATE scheduled_tasks SET picked = 0, picked_by = NULL, last_heartbeat = NULL,
                  version = version + 1 WHERE picked = 1 AND picked_by = ?""",
                process));
  }

  public Set<String> ids() {
    return database.read(
        h ->
            Set.copyOf(
                h.createQuery("SELECT task_instance FROM scheduled_tasks")
                    .mapTo(String.class)
                    .list()));
  }
}
