/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.BenchTask;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.Allowance;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.fetch.Means;
import dev.sagui.agent.fetch.Pace;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.device.Budget;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/** The two models of a bench job, in a scratch folder. Owned by the agent's thread. */
final class BenchModels implements AutoCloseable {
  /** What a JVM takes beside the models. */
  private static final long JVM_BYTES = 128L << 20;

  private final Settings settings;
  private final ManifestCheck check;
  private final BenchJob job;
  private final ArtifactStore store;
  private final Pace pace;
  private final ReleaseFetch candidate;
  private final ReleaseFetch reference;

  /**
   * @param store that holds nothing else
   * @param window most chunks to be in flight
   */
  BenchModels(
      Settings settings,
      ManifestCheck check,
      BenchJob job,
      ArtifactStore store,
      IntSupplier window) {
    this.settings = settings;
    this.check = check;
    this.job = job;
    this.store = store;
    this.pace = new Pace(settings.fetchBytesPerSecond(), window);
    this.candidate = fetch(job.candidate());
    this.reference = fetch(job.reference());
  }

  private ReleaseFetch fetch(BenchJob.Part part) {
    return new ReleaseFetch(
        new SlotRecord.Target(part.manifest(), part.manifestBytes()),
        this::believed,
        new Means(store, Means.Held.NOTHING, pace, Allowance.unlimited()));
  }

  private Manifest believed(byte[] signed) {
    long each = Math.min(settings.bench().maxBytes(), store.freeBytes()) / 2;
    Budget room = new Budget(each, Long.MAX_VALUE, Double.POSITIVE_INFINITY);
    return check.manifest(signed, settings.profile().name(), 0, room);
  }

  /** A chunk came; one of the two may wait for it. */
  void arrived(ChunkResponse response, ChunkSource from, long nowNanos) throws IOException {
    candidate.arrived(response, from, nowNanos);
    reference.arrived(response, from, nowNanos);
  }

  /** What was in flight does not come. */
  void askAnew() {
    candidate.reconnected();
    reference.reconnected();
  }

  /** What to ask the controller for now; one model after the other. */
  Optional<ChunkRequest> due(long nowNanos) throws IOException {
    return (candidate.isDone() ? reference : candidate).due(nowNanos);
  }

  /** Whether both are here. */
  boolean isHere() {
    return candidate.isDone() && reference.isDone();
  }

  /** Both must have room in memory: weights that are stored in fewer bits grow to float32. */
  void requireMemory(long freeBytes) throws UnavailableException {
    long flash =
        candidate.manifest().orElseThrow().flashBytes()
            + reference.manifest().orElseThrow().flashBytes();
    long needed = JVM_BYTES + Float.BYTES * flash;
    if (freeBytes < needed) {
      throw new UnavailableException(
          "%d bytes of memory are free, both models may need %d".formatted(freeBytes, needed));
    }
  }

  /** What to measure, once both are here. */
  BenchTask task() throws IOException {
    return new BenchTask(
        part(candidate, job.candidate()),
        part(reference, job.reference()),
        settings.threads(),
        Math.min(job.seconds(), settings.bench().maxTime().toMillis() / 1e3),
        job.rate(),
        2 * settings.profile().budget().ramBytes());
  }

  private BenchTask.Part part(ReleaseFetch fetch, BenchJob.Part named) throws IOException {
    Manifest manifest = fetch.manifest().orElseThrow();
    Path folder = store.stage(manifest.model(), named.manifest(), manifest.files());
    Path golden = store.find(manifest.golden().digest()).orElseThrow();
    return new BenchTask.Part(
        folder, manifest.entry(), manifest.inputs(), manifest.outputs(), golden);
  }

  /** Deletes them. */
  @Override
  public void close() throws IOException {
    candidate.close();
    reference.close();
    store.collect(Set.of(), Set.of());
  }
}
