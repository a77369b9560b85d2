/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Pulls one release: its signed manifest, then for each file the chunk table and the chunks that
 * are not here. Owned by one thread.
 */
public final class ReleaseFetch implements AutoCloseable {
  private static final int MAX_TABLE_BYTES = 4 << 20; // 131,072 chunks, 15 GB
  private static final int MAX_WHOLE_ATTEMPTS = 3;

  private final SlotRecord.Target target;
  private final Entrance entrance;
  private final Means means;
  private final ArrivedChunk chunk = new ArrivedChunk();
  private final Tally tally = new Tally();
  private final Assembly assembly;
  private Optional<Manifest> manifest = Optional.empty();
  private Optional<ArtifactFetch> current = Optional.empty();
  private int wholeAttempts;

  public ReleaseFetch(SlotRecord.Target target, Entrance entrance, Means means) {
    this.target = target;
    this.entrance = entrance;
    this.means = means;
    this.assembly = new Assembly(target.terms().differences(), means, tally);
  }

  /**
   * Goes on: with what the disk holds, or with what to ask a source for now.
   *
   * @throws RejectedException the release must be refused
   */
  public Optional<ChunkRequest> due(long nowNanos) throws IOException {
    leaveWhatIsHere();
    if (current.isEmpty()) {
      current = next();
    }
    means.prepare();
    return current.flatMap(work -> work.pull().due(nowNanos));
  }

  /**
   * A chunk came. Strangers, duplicates and late ones are ignored.
   *
   * @return whether it brought the release forward
   * @throws RejectedException the release must be refused
   */
  public boolean arrived(ChunkResponse response, ChunkSource from, long nowNanos)
      throws IOException {
    leaveWhatIsHere();
    if (current.isEmpty() || !current.get().artifact().equals(response.artifact())) {
      means.allowance().late(response, nowNanos);
      return false;
    }
    ArtifactFetch work = current.get();
    boolean spare = assembly.isDifference(work.artifact());
    means.allowance().came(response.length(), work.askedFor(response), nowNanos);
    tally.came(response.length(), spare);
    try {
      if (spare && response.missing()) {
        leaveDifference(work, "the controller does not have it");
        return false;
      }
      return take(work, response, from, nowNanos);
    } catch (RejectedException e) {
      if (!spare) {
        throw e;
      }
      leaveDifference(work, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private boolean take(ArtifactFetch work, ChunkResponse response, ChunkSource from, long nowNanos)
      throws IOException {
    if (response.missing()) {
      work.pull().unavailable(nowNanos);
      return false;
    }
    boolean forward = work.take(chunk, response, from, nowNanos);
    if (work.pull().isDone()) {
      finish(work);
    }
    return forward;
  }

  private void leaveDifference(ArtifactFetch work, String why) throws IOException {
    work.sink().close();
    current = Optional.empty();
    assembly.leaveDifference(why);
  }

  /** Two releases may share a file: the other one's fetch can bring it first. */
  private void leaveWhatIsHere() throws IOException {
    if (current.isPresent() && means.has(current.get().artifact())) {
      current.get().sink().close();
      current = Optional.empty();
    }
    assembly.leaveWhatIsHere();
  }

  private void finish(ArtifactFetch work) throws IOException {
    current = Optional.empty();
    try {
      work.sink().finish(means.store());
      wholeAttempts = 0;
    } catch (RejectedException e) {
      work.sink().close();
      assembly.close();
      if (work.leavesSources(e)) {
        return; // fetched anew, without the source
      }
      if (++wholeAttempts >= MAX_WHOLE_ATTEMPTS) {
        throw work.fetchedThrice(e);
      }
    }
  }

  /** The next artifact to fetch; empty when all are here, and while the disk gives some of it. */
  private Optional<ArtifactFetch> next() throws IOException {
    if (manifest.isEmpty()) {
      Optional<Path> signed = means.store().find(target.manifest());
      if (signed.isEmpty()) {
        return small("signed manifest", target.manifest(), target.manifestBytes());
      }
      manifest = Optional.of(entrance.admit(Files.readAllBytes(signed.get())));
    }
    for (FileEntry file : files()) {
      if (!means.has(file.digest())) {
        return file(file);
      }
    }
    return Optional.empty();
  }

  private Optional<ArtifactFetch> file(FileEntry file) throws IOException {
    Optional<Path> table = means.store().find(file.chunks());
    if (table.isEmpty()) {
      return table(file);
    }
    if (assembly.step(file, table.get())) {
      return Optional.empty();
    }
    Optional<FileEntry> difference = assembly.difference();
    return difference.isPresent()
        ? difference(difference.get())
        : start("file '" + file.name() + "'", file.digest(), new Sink.File(assembly.part()));
  }

  private Optional<ArtifactFetch> difference(FileEntry of) throws IOException {
    Optional<Path> table = means.store().find(of.chunks());
    return table.isEmpty()
        ? table(of)
        : start("difference", of.digest(), new Sink.File(assembly.part(of, table.get())));
  }

  private Optional<ArtifactFetch> table(FileEntry of) throws IOException {
    long size = ChunkTable.tableBytes(of.sizeBytes());
    return small("chunk table of file '" + of.name() + "'", of.chunks(), size);
  }

  private Optional<ArtifactFetch> small(String name, Digest of, long size) throws IOException {
    return start(name, of, Sink.Memory.of(of, size, MAX_TABLE_BYTES));
  }

  private Optional<ArtifactFetch> start(String name, Digest of, Sink sink) throws IOException {
    ArtifactFetch work = new ArtifactFetch(name, of, sink, means, tally);
    if (work.pull().isDone()) { // all chunks survived a cut before the end
      finish(work);
      return next();
    }
    return Optional.of(work);
  }

  /** The connection was lost: what was in flight is asked for again. */
  public void reconnected() {
    current.ifPresent(work -> work.pull().reconnected());
  }

  /** Whether all files are here. */
  public boolean isDone() {
    return manifest.isPresent() && files().stream().allMatch(file -> means.has(file.digest()));
  }

  /** Whether it works with what the disk holds, which asks no source. */
  public boolean isAtDisk() {
    return assembly.isAtWork() && current.isEmpty();
  }

  /** What keeps it from going on, and for which artifact; asking goes on. */
  public Optional<String> trouble() {
    return current.flatMap(
        work -> work.pull().trouble().map(why -> "%s: %s".formatted(work.name(), why)));
  }

  /** The believed manifest, once it is here. */
  public Optional<Manifest> manifest() {
    return manifest;
  }

  private List<FileEntry> files() {
    return manifest.map(Manifest::flashFiles).orElse(List.of());
  }

  /** How far it has come. */
  public Progress progress() {
    return assembly.progress(files());
  }

  /** Whether the next chunk would be more than may come. */
  public boolean isOverBudget() {
    return means.allowance().isSpent();
  }

  @Override
  public void close() throws IOException {
    if (current.isPresent()) {
      current.get().sink().close();
    }
    assembly.close();
  }
}
