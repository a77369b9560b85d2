/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.PartFile;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** Copies the chunks that other files on the disk hold, at whatever place, by their digests. */
final class Reuse implements LocalWork {
  private static final int CHUNKS_A_STEP = 16;

  private final PartFile into;
  private final ArtifactStore store;
  private final Tally tally;
  private final Queue<Copy> copies = new ArrayDeque<>();
  private final byte[] buffer = new byte[ChunkTable.CHUNK_BYTES];

  private record Place(Digest file, int index) {}

  private record Copy(int index, Place from) {}

  /**
   * @param held files that may be on the disk
   */
  Reuse(PartFile into, List<FileEntry> held, ArtifactStore store, Tally tally) throws IOException {
    this.into = into;
    this.store = store;
    this.tally = tally;
    plan(places(held));
  }

  /** Where chunks lie, by their raw digests. */
  private Map<ByteBuffer, Place> places(List<FileEntry> held) throws IOException {
    Map<ByteBuffer, Place> places = new HashMap<>();
    for (FileEntry file : held) {
      Optional<Path> table = store.find(file.chunks());
      if (table.isPresent() && store.find(file.digest()).isPresent()) {
        ChunkTable chunks = ChunkTable.parse(Files.readAllBytes(table.get()), file.sizeBytes());
        for (int i = 0; i < chunks.count(); i++) {
          places.putIfAbsent(chunks.digest(i), new Place(file.digest(), i));
        }
      }
    }
    return places;
  }

  private void plan(Map<ByteBuffer, Place> places) {
    into.missing()
        .indices()
        .forEach(
            index ->
                Optional.ofNullable(places.get(into.table().digest(index)))
                    .ifPresent(place -> copies.add(new Copy(index, place))));
  }

  @Override
  public boolean step() throws IOException {
    for (int i = 0; i < CHUNKS_A_STEP && !copies.isEmpty(); i++) {
      copy(copies.remove());
    }
    return !copies.isEmpty();
  }

  private void copy(Copy copy) throws IOException {
    int length = ChunkTable.lengthOf(copy.index, into.table().sizeBytes());
    Digest from = copy.from.file;
    int read = store.read(from, ChunkTable.offsetOf(copy.from.index), buffer, 0, length);
    try {
      into.write(copy.index, buffer, 0, read);
      tally.reused(length);
    } catch (RejectedException e) {
      // the disk has changed it: fetched like any other
    }
  }
}
