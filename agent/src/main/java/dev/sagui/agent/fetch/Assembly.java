/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.PartFile;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file in work: first what the disk holds of it, then what must be fetched. Owned by one
 * thread.
 */
final class Assembly {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final List<Difference> differences;
  private final Means means;
  private final Tally tally;
  private Optional<Work> current = Optional.empty();

  /** What of a file the disk gives now, and the difference that may be fetched for more. */
  private record Work(
      FileEntry file, PartFile part, LocalWork local, Optional<Difference> difference) {}

  /**
   * @param differences that may help with some of the files
   */
  Assembly(List<Difference> differences, Means means, Tally tally) {
    this.differences = differences;
    this.means = means;
    this.tally = tally;
  }

  /** Takes up a file unless it is in work, or goes on with it; whether the disk has more. */
  boolean step(FileEntry file, Path table) throws IOException {
    if (!isOf(file.digest())) {
      begin(file, table);
    }
    if (current.orElseThrow().local.step()) {
      return true;
    }
    return isPatching();
  }

  private void begin(FileEntry file, Path table) throws IOException {
    close();
    PartFile part = part(file, table);
    LocalWork local = new Reuse(part, means.held().files(), means.store(), tally);
    Optional<Difference> difference = Difference.find(differences, file.digest(), means::has);
    current = Optional.of(new Work(file, part, local, difference));
  }

  /** A file as far as it is here. */
  PartFile part(FileEntry file, Path table) throws IOException {
    ChunkTable chunks = ChunkTable.parse(Files.readAllBytes(table), file.sizeBytes());
    return means.store().part(file.digest(), chunks);
  }

  /** Begins with the difference if it has come. */
  private boolean isPatching() throws IOException {
    Work work = current.orElseThrow();
    Optional<Difference> here = work.difference.filter(from -> means.has(from.digest()));
    if (here.isPresent()) {
      LocalWork patching = new Patching(work.part, here.get(), means.store(), tally);
      current = Optional.of(new Work(work.file, work.part, patching, Optional.empty()));
    }
    return here.isPresent();
  }

  /** A difference to fetch before what the disk does not give, if that spares bytes. */
  Optional<FileEntry> difference() {
    Work work = current.orElseThrow();
    long missing = (long) work.part.missing().size() * ChunkTable.CHUNK_BYTES;
    return work.difference.filter(from -> from.sizeBytes() < missing).map(FileEntry::of);
  }

  /** The difference does not come: all that is missing is fetched. */
  void leaveDifference(String why) throws IOException {
    Work work = current.orElseThrow();
    LOG.log(Level.WARNING, "difference=left file={0} reason=\"{1}\"", work.file.name(), why);
    if (work.difference.isPresent()) {
      means.store().drop(work.difference.get().digest());
    }
    current = Optional.of(new Work(work.file, work.part, work.local, Optional.empty()));
  }

  /** Whether an artifact is the difference that is waited for, or the table of its chunks. */
  boolean isDifference(Digest artifact) {
    return current
        .flatMap(Work::difference)
        .filter(from -> artifact.equals(from.digest()) || artifact.equals(from.chunks()))
        .isPresent();
  }

  /** The file in work, as far as it is here. */
  PartFile part() {
    return current.orElseThrow().part;
  }

  private boolean isOf(Digest file) {
    return current.filter(work -> work.file.digest().equals(file)).isPresent();
  }

  boolean isAtWork() {
    return current.isPresent();
  }

  /** How far files have come. */
  Progress progress(List<FileEntry> files) {
    return new Progress(
        files.stream().mapToInt(this::have).sum(),
        files.stream().mapToInt(file -> ChunkTable.count(file.sizeBytes())).sum(),
        means.allowance().received(),
        means.allowance().taken(),
        tally.saved());
  }

  /** Chunks of a file that are here. */
  private int have(FileEntry file) {
    int count = ChunkTable.count(file.sizeBytes());
    if (means.has(file.digest())) {
      return count;
    }
    return isOf(file.digest()) ? count - current.orElseThrow().part.missing().size() : 0;
  }

  /** Lets go of a file that somebody else has brought. */
  void leaveWhatIsHere() throws IOException {
    if (current.isPresent() && means.has(current.get().file.digest())) {
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
