/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.sagui.json.Fields;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.JobClock;
import dev.sagui.server.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The database's jobs, done by db-scheduler in whichever process of the database takes them first.
 * A process shows by heartbeats that it is at it; when {@value #MISSED} of them are missing another
 * one takes the job, and a job that has ended {@value #MOST_DEATHS} processes is given up.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Jobs.class);
  private static final int MISSED = 4;
  private static final int MOST_DEATHS = 3;
  private static final Duration POLL = Duration.ofMillis(500);

  /** Of kinds that this process does not do, and another one does. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String process =
      "%d-%s"
          .formatted(ProcessHandle.current().pid(), UUID.randomUUID().toString().substring(0, 8));
  private final Database database;
  private final JobStore jobs;
  private final JobClock clock;
  private final Pool pool;
  private Optional<Scheduler> scheduler = Optional.empty();

  /**
   * How this process works.
   *
   * @param parallel jobs at a time; 0 leaves all to other processes
   * @param heartbeat how often it shows that it is at one
   */
  public record Pool(int parallel, Duration heartbeat) {}

  /** What is done with jobs of a kind; neither method throws. */
  public record Kind(String name, Work work, GivenUp givenUp) {
    /** Does a job, and ends its hold. */
    interface Work {
      void run(JobStore.Hold hold, Fields what);
    }

    /** Ends a job, and its hold, that ended too many processes. */
    interface GivenUp {
      void run(JobStore.Hold hold, int processes);
    }
  }

  public Jobs(Database database, Pool pool) {
    this.database = database;
    this.jobs = new JobStore(database);
    this.clock = new JobClock(database, pool.heartbeat(), System::nanoTime);
    this.pool = pool;
  }

  /** Begins to take jobs of those kinds. */
  public synchronized void start(List<Kind> kinds) {
    if (pool.parallel() > 0) {
      List<Task<?>> tasks = kinds.stream().<Task<?>>map(this::task).toList();
      Scheduler made =
          Scheduler.create(database.source(), tasks)
              .schedulerName(new SchedulerName.Fixed(process))
              .serializer(new Bytes())
              .clock(clock)
              .threads(pool.parallel())
              .executorService(
                  Executors.newFixedThreadPool(
                      pool.parallel(),
                      job -> Fits.daemon(job, "sagui-job-" + COUNT.incrementAndGet())))
              .pollingInterval(POLL)
              .heartbeatInterval(pool.heartbeat())
              .missedHeartbeatsLimit(MISSED)
              .deleteUnresolvedAfter(FOR_EVER)
              .shutdownMaxWait(Duration.ofMillis(1))
              .alwaysPersistTimestampInUTC()
              .build();
      made.start();
      scheduler = Optional.of(made);
    }
  }

  private Task<byte[]> task(Kind kind) {
    return Tasks.custom(kind.name(), byte[].class)
        .onDeadExecution((died, then) -> died(kind, died, then))
        .onFailure((died, then) -> died(kind, died, then))
        .execute(
            (job, context) -> {
              kind.work().run(hold(context.getExecution()), Fields.parse(job.getData()));
              return new Ended();
            });
  }

  private void died(Kind kind, ExecutionComplete died, ExecutionOperations<byte[]> then) {
    Execution job = died.getExecution();
    int deaths = job.consecutiveFailures + 1;
    LOG.warnf("job=%s process=%s is gone, for the %d. time", job.getId(), job.pickedBy, deaths);
    if (deaths < MOST_DEATHS) {
      then.reschedule(died, clock.now());
    } else {
      kind.givenUp().run(hold(job), deaths);
    }
  }

  private static JobStore.Hold hold(Execution job) {
    return new JobStore.Hold(job.getTaskName(), job.getId(), job.version);
  }

  /** A job that is due now. */
  JobStore.Order order(String kind, String id, Map<String, Object> what) {
    return new JobStore.Order(kind, id, what, clock.now());
  }

  /** Looks for jobs now. */
  synchronized void wake() {
    scheduler.ifPresent(Scheduler::triggerCheckForDueExecutions);
  }

  /** The name under which this process holds jobs. */
  String process() {
    return process;
  }

  /** Of those that wait or are being done, wherever. */
  public Set<String> ids() {
    return jobs.ids();
  }

  /** Ends a job that nothing is known of. */
  void drop(JobStore.Hold hold) {
    jobs.end(hold);
  }

  /** What is under way is left to the next process. */
  @Override
  public synchronized void close() {
    if (scheduler.isPresent()) {
      jobs.release(process);
      scheduler.get().stop();
      jobs.release(process);
    }
  }

  /** A job's row went when what came of it was stored. */
  private static final class Ended implements CompletionHandler<byte[]> {
    @Override
    public void complete(ExecutionComplete complete, ExecutionOperations<byte[]> then) {
      LOG.debugf("job=%s ended", complete.getExecution().getId());
    }
  }

  /** Orders are JSON already. */
  private static final class Bytes implements Serializer {
    @Override
    public byte[] serialize(Object data) {
      return (byte[]) data;
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] data) {
      return type.cast(data);
    }
  }
}
