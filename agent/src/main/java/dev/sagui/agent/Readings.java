/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.ReleaseArtifacts;
import dev.sagui.agent.store.ReleaseFiles;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.Manifest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What the files of releases hash to as they lie on the disk. They are read by a worker, one
 * release at a time; all else is owned by the agent's thread.
 */
final class Readings {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  /** As long as a pass of the scrub: what rots under unchanged marks is seen by then. */
  static final Duration KEPT = Duration.ofDays(1);

  private static final Duration RETRY = Duration.ofMinutes(1);

  private final ArtifactStore store;
  private final ReleaseArtifacts artifacts;
  private final Executor worker;
  private final Map<ArtifactName, Reading> known = new HashMap<>();
  private final Map<ArtifactName, Long> retryAtNanos = new HashMap<>();
  private Optional<Work> work = Optional.empty();

  /**
   * What was found.
   *
   * @param marks of the files while they were read
   * @param atNanos when reading them began
   */
  record Reading(
      Digest release,
      ReleaseFiles files,
      List<ReleaseFiles.Mark> marks,
      Digest subject,
      long atNanos) {
    static Reading of(Digest release, ReleaseFiles files, long nowNanos) throws IOException {
      List<ReleaseFiles.Mark> before = files.marks();
      Digest subject = files.subject();
      if (!files.marks().equals(before)) {
        throw new IOException("a file was written while it was read");
      }
      return new Reading(release, files, before, subject, nowNanos);
    }

    Duration age(long nowNanos) {
      return Duration.ofNanos(nowNanos - atNanos);
    }
  }

  private record Work(ArtifactName model, FutureTask<Reading> task) {}

  /**
   * @param worker what reads; it may read on another thread
   */
  Readings(ArtifactStore store, ReleaseArtifacts artifacts, Executor worker) {
    this.store = store;
    this.artifacts = artifacts;
    this.worker = worker;
  }

  /** One thread, as long as there is something to read. */
  static Executor worker() {
    return new ThreadPoolExecutor(
        0,
        1,
        5,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> {
          Thread thread = new Thread(task, "reader");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** A reading of the release, if its files were not written since; else one is begun. */
  Optional<Reading> of(ArtifactName model, Digest release, long nowNanos) {
    take(nowNanos);
    Optional<Reading> found = find(model, release, nowNanos);
    if (found.isPresent() || isBusy() || isTooSoon(model, nowNanos)) {
      return found;
    }
    begin(model, release, nowNanos);
    take(nowNanos);
    return find(model, release, nowNanos);
  }

  private Optional<Reading> find(ArtifactName model, Digest release, long nowNanos) {
    return Optional.ofNullable(known.get(model))
        .filter(reading -> reading.release.equals(release))
        .filter(reading -> reading.age(nowNanos).compareTo(KEPT) < 0)
        .filter(Readings::isUntouched);
  }

  private static boolean isUntouched(Reading reading) {
    try {
      return reading.files.marks().equals(reading.marks);
    } catch (IOException e) {
      return false; // reading it anew tells why
    }
  }

  private boolean isTooSoon(ArtifactName model, long nowNanos) {
    return retryAtNanos.containsKey(model) && nowNanos - retryAtNanos.get(model) < 0;
  }

  private void begin(ArtifactName model, Digest release, long nowNanos) {
    try {
      Manifest manifest =
          artifacts.find(release).orElseThrow(() -> new IOException("its manifest is not here"));
      ReleaseFiles files = store.staged(model, release, manifest.files());
      FutureTask<Reading> task = new FutureTask<>(() -> Reading.of(release, files, nowNanos));
      work = Optional.of(new Work(model, task));
      worker.execute(task);
    } catch (IOException e) {
      failed(model, e, nowNanos);
    }
  }

  private void take(long nowNanos) {
    if (work.isEmpty() || !work.get().task.isDone()) {
      return;
    }
    Work done = work.get();
    work = Optional.empty();
    try {
      known.put(done.model, done.task.get());
      retryAtNanos.remove(done.model);
    } catch (ExecutionException e) {
      failed(done.model, e.getCause() == null ? e : e.getCause(), nowNanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a task that is done was waited for", e);
    }
  }

  private void failed(ArtifactName model, Throwable why, long nowNanos) {
    retryAtNanos.put(model, nowNanos + RETRY.toNanos());
    LOG.log(Level.WARNING, "attestation=none model={0} reason=\"{1}\"", model, why.getMessage());
  }

  /** Reads all anew when it is asked again; what is being read now does not count. */
  void forget() {
    known.clear();
    retryAtNanos.clear();
    work.ifPresent(begun -> begun.task.cancel(false));
    work = Optional.empty();
  }

  /** Forgets all but these. */
  void keep(Collection<ArtifactName> models) {
    known.keySet().retainAll(models);
    retryAtNanos.keySet().retainAll(models);
  }

  /** Whether files are being read. */
  boolean isBusy() {
    return work.isPresent();
  }
}
