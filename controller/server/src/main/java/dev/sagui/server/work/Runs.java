/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.onnx.Progress;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.Run;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.JobStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;

/** Runs of one kind: asked for here, done by whichever process takes them. */
public final class Runs<T extends Run<T>> {
  private static final Logger LOG = Logger.getLogger(Runs.class);

  private final Event.Kind kind;
  private final RunStore<T> store;
  private final Office office;

  /** What all kinds share. */
  public record Office(
      Jobs jobs, RunFolders folders, ModelStore models, EventStore events, Clock clock) {}

  /** Does one. */
  interface Work<T> {
    /**
     * @param hold under which this process does it
     * @param what was asked for
     * @param progress may throw to end it
     */
    Made<T> make(JobStore.Hold hold, T run, Fields what, Progress progress) throws IOException;
  }

  /**
   * What came of one.
   *
   * @param results to be listed
   * @param message for the event
   */
  record Made<T>(T run, RunStore.Results results, String message) {}

  Runs(Event.Kind kind, RunStore<T> store, Office office) {
    this.kind = kind;
    this.store = store;
    this.office = office;
  }

  /**
   * @param job name of the kind of job
   * @param what is to be done, as JSON
   */
  T start(T run, String job, Map<String, Object> what) {
    store.start(run, office.jobs.order(job, run.id(), what), office.clock.instant());
    office.jobs.wake();
    return run;
  }

  Optional<T> find(String id) {
    return store.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  List<T> list(int offset, int limit) {
    return store.list(offset, limit);
  }

  List<T> running() {
    return store.running();
  }

  /** Tells how those stand that other processes are at. */
  void tellElsewhere(Map<String, String> told) {
    for (T run : store.runningElsewhere(office.jobs.process())) {
      String message = progress(run);
      if (!message.equals(told.put(run.id(), message))) {
        office.events.pass(event(run, "", message));
      }
    }
  }

  /** Forgets one; it ends where it next tells its progress. Whether it was there. */
  boolean remove(String id) {
    boolean there = store.remove(id);
    office.jobs.wake();
    return there;
  }

  Jobs.Kind kind(String job, Work<T> work) {
    return new Jobs.Kind(job, (hold, what) -> run(hold, what, work), this::giveUp);
  }

  private void run(JobStore.Hold hold, Fields what, Work<T> work) {
    Optional<T> found = store.find(hold.id()).filter(run -> run.state() == Fit.State.RUNNING);
    if (found.isEmpty()) {
      office.jobs.drop(hold);
      return;
    }
    Live live = new Live(found.get(), hold);
    try {
      live.at("opening", 0);
      Made<T> made = work.make(hold, live.run(), what, live);
      end(made.run(), made.results(), new Last("", made.message()), hold);
    } catch (CancellationException e) {
      left(live.run(), hold);
    } catch (RejectedException e) {
      failed(live, e.code(), String.valueOf(e.getMessage()));
    } catch (IOException | UncheckedIOException e) {
      failed(live, FailureCode.DISK_FULL, "the disk failed: " + e.getMessage());
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (failed(live, FailureCode.UNSUPPORTED_MODEL, "it failed: " + e)) {
        LOG.errorf(e, "run=%s model=%s", hold.id(), live.run().model());
      }
    }
  }

  /** The model that a run is about. */
  Model model(T run) {
    return office
        .models
        .find(run.model())
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.NOT_FOUND, "no model is named '%s'".formatted(run.model())));
  }

  private boolean failed(Live live, FailureCode code, String detail) {
    String plain = office.folders.plain(detail);
    T end = live.run().failed(new Fit.Problem(code, plain));
    return end(end, RunStore.Results.NONE, new Last(code.name(), plain), live.hold);
  }

  private void giveUp(JobStore.Hold hold, int processes) {
    String detail =
        "the process that worked on it ended %d times before it was done, as it does when memory runs out; use a machine with more, or ask for less"
            .formatted(processes);
    FailureCode code = FailureCode.MODEL_CRASHED;
    store
        .find(hold.id())
        .map(run -> run.failed(new Fit.Problem(code, detail)))
        .ifPresent(run -> end(run, RunStore.Results.NONE, new Last(code.name(), detail), hold));
  }

  /** The last word on one. */
  private record Last(String code, String message) {}

  private boolean end(T run, RunStore.Results made, Last last, JobStore.Hold hold) {
    boolean held = store.end(run, made, hold);
    if (held) {
      office.folders.clear(run.id());
      office.events.add(event(run, last.code, last.message));
    } else {
      left(run, hold);
    }
    return held;
  }

  /** Somebody cancelled it, or another process has it now, and its folder. */
  private void left(T run, JobStore.Hold hold) {
    if (store.find(run.id()).isEmpty()) {
      office.folders.clear(run.id());
      office.events.add(event(run, "", run.id() + ": cancelled; nothing was kept"));
    } else {
      office.folders.leave(hold);
      LOG.infof("run=%s is left to another process", run.id());
    }
  }

  private static String progress(Run<?> run) {
    return String.format(Locale.ROOT, "%s (%.0f %%)", run.doing(), 100 * run.progress());
  }

  private Event event(T run, String code, String message) {
    String named = run.label().isEmpty() ? message : run.label() + ": " + message;
    return new Event(0, office.clock.instant(), "", run.model(), kind, code, named);
  }

  /** One that is being done here. */
  private final class Live implements Progress {
    private final Pace pace = new Pace();
    private final JobStore.Hold hold;
    private T run;

    Live(T run, JobStore.Hold hold) {
      this.run = run;
      this.hold = hold;
    }

    synchronized T run() {
      return run;
    }

    /**
     * @throws CancellationException it was removed, or another process has it
     */
    @Override
    public synchronized void at(String what, double fraction) {
      run = run.at(what, fraction);
      if (pace.isTime(what, office.clock.instant())) {
        if (!store.progress(run, hold)) {
          throw new CancellationException(run.id());
        }
        office.events.pass(event(run, "", progress(run)));
      }
    }
  }
}
