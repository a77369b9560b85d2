/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.PartFile;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file in work: first what the disk holds of it, then what must be fetched. Owned by one
 * thread.
 */
final class Assembly {
  private final Means means;
  private final Tally tally;
  private Optional<Work> current = Optional.empty();

  private record Work(Digest file, PartFile part, LocalWork local) {}

  Assembly(Means means, Tally tally) {
    this.means = means;
    this.tally = tally;
  }

  /** Takes up a file, unless it is in work, or goes on; the part once the disk has given all. */
  Optional<PartFile> step(FileEntry file, Path table) throws IOException {
    if (!isOf(file.digest())) {
      close();
      ChunkTable chunks = ChunkTable.parse(Files.readAllBytes(table), file.sizeBytes());
      PartFile part = means.store().part(file.digest(), chunks);
      LocalWork local = new Reuse(part, means.held().files(), means.store(), tally);
      current = Optional.of(new Work(file.digest(), part, local));
    }
    Work work = current.orElseThrow();
    return work.local.step() ? Optional.empty() : Optional.of(work.part);
  }

  private boolean isOf(Digest file) {
    return current.filter(work -> work.file.equals(file)).isPresent();
  }

  boolean isAtWork() {
    return current.isPresent();
  }

  /** Chunks of a file that are here. */
  int have(FileEntry file) {
    int count = ChunkTable.count(file.sizeBytes());
    if (means.store().find(file.digest()).isPresent()) {
      return count;
    }
    return isOf(file.digest()) ? count - current.orElseThrow().part.missing().size() : 0;
  }

  /** Lets go of a file that somebody else has brought. */
  void leaveWhatIsHere() throws IOException {
    if (current.isPresent() && means.store().find(current.get().file).isPresent()) {
      close();
    }
  }

  /** Lets go of the file; what was written of it stays. */
  void close() throws IOException {
    if (current.isPresent()) {
      current.get().part.close();
      current = Optional.empty();
    }
  }
}
