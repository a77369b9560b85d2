/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.difference.DifferenceWriter;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Difference;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.FileBytes;
import dev.sagui.server.store.ReleaseStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Makes what the files of a release differ by from files of earlier ones, where that spares bytes:
 * fine-tunes that kept their scales, and files in which something small has moved the rest.
 */
final class Differences {
  private static final Logger LOG = Logger.getLogger(Differences.class);

  /**
   * Files that are looked at, the newest first; see deploy/docs/transfer.md for the time it takes.
   */
  private static final int MAX_BASES = 4;

  private static final int MAX_DIFFERENCES = 2;
  private static final int RELEASES = 32;

  private final ReleaseStore releases;
  private final BlobFolder blobs;

  Differences(ReleaseStore releases, BlobFolder blobs) {
    this.releases = releases;
    this.blobs = blobs;
  }

  /** Those of a model's files, by the files' digests; a release does without what fails. */
  Map<Digest, List<Difference>> of(ArtifactName model, List<StoredFile> files) {
    List<Release> own = releases.ofModel(model, RELEASES);
    List<Release> others = releases.list(0, RELEASES);
    Map<Digest, List<Difference>> all = new LinkedHashMap<>();
    for (StoredFile file : files) {
      try {
        all.put(file.digest(), of(file, bases(own, others, file)));
      } catch (IOException | RejectedException e) {
        LOG.warnf("model=%s file=%s difference=none reason=\"%s\"", model, file.name(), e);
      }
    }
    return all;
  }

  /**
   * Files of this name in earlier releases of the model, then those of about this size in releases
   * of others: a fine-tune has a name of its own, and so has its file. None for one that is a chunk
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
        .filter(earlier -> !earlier.equals(file.digest()) && Files.exists(blobs.path(earlier)))
        .distinct()
        .limit(MAX_BASES)
        .toList();
  }

  private static Stream<StoredFile> files(List<Release> releases) {
    return releases.stream().flatMap(release -> release.files().stream());
  }

  private List<Difference> of(StoredFile file, List<Digest> bases) throws IOException {
    List<Difference> found = new ArrayList<>();
    for (Digest base : bases) {
      if (found.size() < MAX_DIFFERENCES) {
        made(file, base).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Difference> made(StoredFile file, Digest base) throws IOException {
    try (FileBytes from = FileBytes.open(blobs.path(base));
        FileBytes to = FileBytes.open(blobs.path(file.digest()));
        BlobFolder.Staging staging = blobs.stage()) {
      DifferenceWriter writer = new DifferenceWriter(from, to);
      if (!writer.isWorth()) {
        return Optional.empty();
      }
      Path made = staging.folder().resolve("difference");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(made))) {
        writer.write(out);
      }
      StoredFile stored = blobs.put("difference", made);
      LOG.infof(
          "file=%s bytes=%d difference=%d", file.name(), file.sizeBytes(), stored.sizeBytes());
      return Optional.of(
          new Difference(base, stored.digest(), stored.sizeBytes(), stored.chunks()));
    }
  }
}
