/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.difference.DifferenceWriter;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.catalog.DifferenceSet;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.DifferenceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.FileBytes;
import dev.sagui.server.store.JobStore;
import dev.sagui.server.store.ReleaseStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Makes what the files of a release differ by from those of earlier ones, as a job behind each
 * release, and tells the devices that wait for it. A release does without what fails.
 */
public final class Differences implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Differences.class);
  private static final String JOB = "differences";

  /**
   * Files that are looked at, the newest first; see deploy/docs/transfer.md for the time it takes.
   */
  private static final int MAX_BASES = 4;

  private static final int RELEASES = 32;

  private final Jobs jobs;
  private final DifferenceStore store;
  private final Shelf shelf;
  private final Rollouts rollouts;
  private final EventStore events;

  /** Where releases and their files lie. */
  public record Shelf(ReleaseStore releases, BlobFolder blobs, Clock clock) {}

  /** A file of a release and one that it may be made of. */
  private record Pair(StoredFile file, Digest base) {}

  /**
   * @param jobs its own, so that none waits for a fit
   */
  public Differences(
      Jobs jobs, DifferenceStore store, Shelf shelf, Rollouts rollouts, EventStore events) {
    this.jobs = jobs;
    this.store = store;
    this.shelf = shelf;
    this.rollouts = rollouts;
    this.events = events;
  }

  /**
   * Begins to make what is ordered.
   *
   * @param link where devices are told
   */
  public void start(DesiredLink link) {
    jobs.start(List.of(new Jobs.Kind(JOB, (hold, what) -> run(hold, link), this::giveUp)));
  }

  ReleaseStore releases() {
    return shelf.releases;
  }

  JobStore.Order order(Digest release) {
    return jobs.order(JOB, release.hex(), Map.of());
  }

  void wake() {
    jobs.wake();
  }

  private void run(JobStore.Hold hold, DesiredLink link) {
    Optional<Release> release = shelf.releases.find(hold.id());
    if (release.isEmpty()) {
      jobs.drop(hold);
      return;
    }
    try {
      make(release.get(), hold, link);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      LOG.errorf(e, "release=%s differences=failed", hold.id());
      fail(release.get(), hold, "failed: " + e);
    }
  }

  private void giveUp(JobStore.Hold hold, int processes) {
    shelf
        .releases
        .find(hold.id())
        .ifPresent(release -> fail(release, hold, "ended %d processes".formatted(processes)));
  }

  private void fail(Release release, JobStore.Hold hold, String why) {
    DifferenceSet end = store.of(release.id()).ended(DifferenceSet.State.FAILED);
    if (store.end(release.id(), end, hold)) {
      tell(release, "making its differences " + why + "; devices take whole files");
    }
  }

  private void make(Release release, JobStore.Hold hold, DesiredLink link) {
    List<Pair> pairs = pairs(release);
    DifferenceSet set = store.of(release.id());
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      Optional<Difference> made =
          set.lacks(pair.file.digest(), pair.base) ? made(pair) : Optional.empty();
      set = made.map(set::with).orElse(set).at((i + 1.0) / pairs.size());
      if (!store.put(release.id(), set, hold)) {
        LOG.infof("release=%s its differences are left to another process", hold.id());
        return;
      }
      if (made.isPresent()) {
        store.waiting(release.id()).forEach(device -> rollouts.ask(device, link));
      }
    }
    DifferenceSet end = set.ended(DifferenceSet.State.MADE);
    if (store.end(release.id(), end, hold) && !end.found().isEmpty()) {
      tell(release, "devices that have an earlier one fetch " + inWords(release, end));
    }
  }

  private static String inWords(Release release, DifferenceSet set) {
    return release.files().stream()
        .flatMap(
            file ->
                Difference.find(set.found(), file.digest(), any -> true)
                    .map(
                        from ->
                            "%d of %d bytes of %s"
                                .formatted(from.sizeBytes(), file.sizeBytes(), file.name()))
                    .stream())
        .reduce((a, b) -> a + ", " + b)
        .orElseThrow();
  }

  private void tell(Release release, String message) {
    String model = release.model().value();
    String text = "release %d: %s".formatted(release.sequence(), message);
    events.add(new Event(0, shelf.clock.instant(), "", model, Event.Kind.RELEASED, "", text));
  }

  /** What to compare, the largest files first. */
  private List<Pair> pairs(Release release) {
    List<Release> own = shelf.releases.ofModel(release.model(), RELEASES);
    List<Release> others = shelf.releases.list(0, RELEASES);
    List<Pair> pairs = new ArrayList<>();
    release.files().stream()
        .sorted(Comparator.comparingLong(StoredFile::sizeBytes).reversed())
        .forEach(file -> bases(own, others, file).forEach(base -> pairs.add(new Pair(file, base))));
    return pairs;
  }

  /**
   * Files of this name in other releases of the model, then those of about this size in releases of
   * others: a fine-tune has a name of its own, and so has its file. None for one that is a chunk
   * anyway.
   */
  private List<Digest> bases(List<Release> own, List<Release> others, StoredFile file) {
    if (file.sizeBytes() <= ChunkTable.CHUNK_BYTES) {
      return List.of();
    }
    long tolerance = file.sizeBytes() / 128;
    Stream<StoredFile> named = files(own).filter(other -> other.name().equals(file.name()));
    Stream<StoredFile> similar =
        files(others).filter(other -> Math.abs(other.sizeBytes() - file.sizeBytes()) <= tolerance);
    return Stream.concat(named, similar)
        .map(StoredFile::digest)
        .filter(other -> !other.equals(file.digest()) && Files.exists(shelf.blobs.path(other)))
        .distinct()
        .limit(MAX_BASES)
        .toList();
  }

  private static Stream<StoredFile> files(List<Release> releases) {
    return releases.stream().flatMap(release -> release.files().stream());
  }

  private Optional<Difference> made(Pair pair) {
    try {
      return compared(pair);
    } catch (IOException | UncheckedIOException | RejectedException e) {
      LOG.warnf("file=%s difference=none reason=\"%s\"", pair.file.name(), e);
      return Optional.empty();
    }
  }

  private Optional<Difference> compared(Pair pair) throws IOException {
    StoredFile file = pair.file;
    try (FileBytes from = FileBytes.open(shelf.blobs.path(pair.base));
        FileBytes to = FileBytes.open(shelf.blobs.path(file.digest()));
        BlobFolder.Staging staging = shelf.blobs.stage()) {
      DifferenceWriter writer = new DifferenceWriter(from, to);
      if (!writer.isWorth()) {
        return Optional.empty();
      }
      Path made = staging.folder().resolve("difference");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(made))) {
        writer.write(out);
      }
      StoredFile kept = shelf.blobs.put("difference", made);
      LOG.infof("file=%s bytes=%d difference=%d", file.name(), file.sizeBytes(), kept.sizeBytes());
      return Optional.of(
          new Difference(file.digest(), pair.base, kept.digest(), kept.sizeBytes(), kept.chunks()));
    }
  }

  @Override
  public void close() {
    jobs.close();
  }
}
