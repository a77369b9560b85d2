/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.onnx.Progress;
import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.RunStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of one database, in what stands for several processes. */
class JobsTest {
  private static final String JOB = "compression";
  private static final Duration HEARTBEAT = Duration.ofMillis(300);

  @TempDir Path folder;

  private final List<Jobs> open = new ArrayList<>();
  private final Map<String, List<String>> doneBy = new ConcurrentHashMap<>();
  private Database database;
  private RunStore<CompressionRun> runs;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("sagui.db"));
    runs = RunStore.compressions(database);
    ArtifactName name = new ArtifactName("decoder");
    String digest = "0".repeat(64);
    new ModelStore(database)
        .add(
            new Model(
                name,
                new Digest(digest),
                1,
                17,
                1,
                List.of(),
                List.of(),
                List.of(),
                Instant.EPOCH));
  }

  @AfterEach
  void close() {
    open.forEach(Jobs::close);
    database.close();
  }

  @Test
  void everyProcessTakesItsShareAndNoJobIsDoneTwice() {
    Process one = new Process(1);
    Process other = new Process(1);
    one.work(this::little);
    other.work(this::little);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      ids.add(one.start("v" + i));
    }
    await(() -> runs.running().isEmpty());
    ids.forEach(id -> assertEquals(1, doneBy.get(id).size(), id));
    assertEquals(2, doneBy.values().stream().distinct().count(), doneBy.toString());
    assertEquals(Set.of(), one.jobs.ids());
  }

  @Test
  void anotherProcessTakesWhatADeadOneHeld() {
    Process controller = new Process(0);
    String id = controller.start("small");
    held(id, 0);
    new Process(1).work(this::little);
    await(() -> runs.find(id).orElseThrow().state() == Fit.State.DONE);
  }

  @Test
  void aClockSetBackAnHourDelaysNothing() {
    Process controller = new Process(0);
    String held = controller.start("held");
    held(held, 0);
    // what a process sees that starts an hour before the last one wrote
    sql("UPDATE job_clock SET millis = millis + 3600000");
    sql("UPDATE scheduled_tasks SET last_heartbeat = last_heartbeat + 3600000");
    Process next = new Process(1);
    next.work(this::little);
    String fresh = next.start("fresh");
    await(() -> runs.find(fresh).orElseThrow().state() == Fit.State.DONE);
    await(() -> runs.find(held).orElseThrow().state() == Fit.State.DONE);
  }

  @Test
  void takesNothingFromAProcessThatIsAliveHoweverLongItsJob() throws Exception {
    CountDownLatch under = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Process one = new Process(1);
    one.work(
        (id, told) -> {
          under.countDown();
          assertTrue(go.await(30, TimeUnit.SECONDS));
        });
    String id = one.start("small");
    assertTrue(under.await(30, TimeUnit.SECONDS));
    Process other = new Process(1);
    other.work(this::little);
    Thread.sleep(HEARTBEAT.multipliedBy(8).toMillis()); // twice a lease
    go.countDown();
    await(() -> runs.find(id).orElseThrow().state() == Fit.State.DONE);
    assertEquals(List.of(one.jobs.process()), doneBy.get(id));
  }

  @Test
  void givesUpWhatEndsItsProcessThrice() {
    Process controller = new Process(0);
    String id = controller.start("huge");
    held(id, 2);
    new Process(1).work(this::little);
    await(() -> runs.find(id).orElseThrow().state() == Fit.State.FAILED);
    String why = runs.find(id).orElseThrow().problem().orElseThrow().detail();
    assertTrue(why.contains("ended 3 times before it was done"), why);
    assertFalse(doneBy.containsKey(id));
    assertEquals(Set.of(), controller.jobs.ids());
  }

  @Test
  void cancelOfAWaitingJobLeavesNothing() {
    Process controller = new Process(0);
    String id = controller.start("small");
    assertTrue(controller.runs.remove(id));
    assertFalse(controller.runs.remove(id));
    assertEquals(Set.of(), controller.jobs.ids());
    assertTrue(runs.find(id).isEmpty());
  }

  @Test
  void cancelEndsAJobInAnotherProcess() throws Exception {
    CountDownLatch under = new CountDownLatch(1);
    Process controller = new Process(0);
    Process worker = new Process(1);
    worker.work(
        (id, told) -> {
          Files.createDirectories(folder.resolve("work").resolve(id));
          under.countDown();
          for (int i = 0; true; i++) {
            told.at("step " + i, 0.5);
            Thread.sleep(20);
          }
        });
    String id = controller.start("small");
    assertTrue(under.await(30, TimeUnit.SECONDS));
    assertTrue(controller.runs.remove(id));
    await(() -> !Files.exists(folder.resolve("work").resolve(id)));
    assertTrue(runs.find(id).isEmpty());
    assertEquals(Set.of(), controller.jobs.ids());
    await(
        () ->
            worker.events.list(Long.MAX_VALUE, 9).stream()
                .anyMatch(event -> event.message().contains("cancelled; nothing was kept")));
  }

  @Test
  void aProcessThatIsStoppedLeavesItsJobToTheNext() throws Exception {
    CountDownLatch under = new CountDownLatch(1);
    Process first = new Process(1);
    first.work(
        (id, told) -> {
          under.countDown();
          Thread.sleep(60_000);
        });
    String id = first.start("small");
    assertTrue(under.await(30, TimeUnit.SECONDS));
    first.jobs.close();
    open.remove(first.jobs);
    assertEquals(Fit.State.RUNNING, runs.find(id).orElseThrow().state());
    Process next = new Process(1);
    next.work(this::little);
    await(() -> runs.find(id).orElseThrow().state() == Fit.State.DONE);
  }

  @Test
  void progressInAnotherProcessIsHeardHere() {
    Process controller = new Process(0);
    List<Event> heard = new CopyOnWriteArrayList<>();
    controller.events.listen(heard::add);
    controller.events.follow();
    CountDownLatch go = new CountDownLatch(1);
    Process worker = new Process(1);
    worker.work(
        (id, told) -> {
          told.at("finetune: loss 0.5", 0.25);
          assertTrue(go.await(30, TimeUnit.SECONDS));
        });
    controller.start("small");
    Map<String, String> told = new HashMap<>();
    await(
        () -> {
          controller.runs.tellElsewhere(told);
          return heard.stream()
              .anyMatch(event -> event.message().equals("small: finetune: loss 0.5 (25 %)"));
        });
    go.countDown();
    await(() -> runs.running().isEmpty());
    await(
        () -> {
          controller.events.tellFollowed();
          return heard.stream().anyMatch(event -> event.message().equals("small: made"));
        });
  }

  private void little(String id, Progress told) throws InterruptedException {
    told.at("working", 0.5);
    Thread.sleep(30);
  }

  /** As a process has it that was killed: picked, with a heartbeat of now. */
  private void held(String id, int deaths) {
    sql(
        """
        UPDATE scheduled_tasks SET picked = 1, picked_by = 'gone', version = version + 1,
          consecutive_failures = %d, last_heartbeat = (SELECT millis FROM job_clock)
        WHERE task_instance = '%s'"""
            .formatted(deaths, id));
  }

  private void sql(String statement) {
    try (var connection = database.source().getConnection();
        var update = connection.createStatement()) {
      update.executeUpdate(statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within a minute");
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private interface Labour {
    void of(String id, Progress told) throws Exception;
  }

  /** What one process has. */
  private final class Process {
    final Jobs jobs;
    final Runs<CompressionRun> runs;
    final EventStore events = new EventStore(database);

    Process(int parallel) {
      jobs = new Jobs(database, new Jobs.Pool(parallel, HEARTBEAT));
      open.add(jobs);
      try {
        RunFolders folders = new RunFolders(folder.resolve("work"));
        ModelStore models = new ModelStore(database);
        Runs.Office office = new Runs.Office(jobs, folders, models, events, Clock.systemUTC());
        runs = new Runs<>(Event.Kind.COMPRESSION, RunStore.compressions(database), office);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void work(Labour labour) {
      Jobs.Kind kind =
          runs.kind(
              JOB,
              (hold, run, what, told) -> {
                try {
                  labour.of(run.id(), told);
                } catch (RuntimeException | IOException e) {
                  throw e;
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                doneBy
                    .computeIfAbsent(run.id(), id -> new CopyOnWriteArrayList<>())
                    .add(jobs.process());
                return new Runs.Made<>(run.done(List.of()), RunStore.Results.NONE, "made");
              });
      jobs.start(List.of(kind));
    }

    String start(String variant) {
      String id = "compression-" + variant;
      return runs.start(CompressionRun.started(id, "decoder", variant), JOB, Map.of()).id();
    }
  }
}
