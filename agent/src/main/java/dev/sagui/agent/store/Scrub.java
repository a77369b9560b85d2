/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;

/**
 * Reads artifacts again, 120 KiB a step, for a disk that changes what it holds. What the page cache
 * holds is read from there. Owned by one thread.
 */
public final class Scrub {
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration AGAIN = Duration.ofDays(1);

  private final ArtifactStore store;
  private final ByteBuffer buffer = ByteBuffer.allocate(ChunkTable.CHUNK_BYTES);
  private final Queue<Digest> left = new ArrayDeque<>();
  private Optional<Reading> reading = Optional.empty();
  private long dueNanos;

  /** An artifact that was read up to {@code position}. */
  private record Reading(Digest artifact, MessageDigest sha, long position) {}

  public Scrub(ArtifactStore store, long nowNanos) {
    this.store = store;
    this.dueNanos = nowNanos + FIRST.toNanos();
  }

  /** Whether a pass over all artifacts is due. */
  public boolean isDue(long nowNanos) {
    return left.isEmpty() && reading.isEmpty() && nowNanos - dueNanos >= 0;
  }

  /** Begins a pass. */
  public void begin(Collection<Digest> artifacts, long nowNanos) {
    left.addAll(artifacts);
    dueNanos = nowNanos + AGAIN.toNanos();
  }

  /** Reads on; the artifact if it is not what its name says. */
  public Optional<Digest> step() throws IOException {
    if (reading.isEmpty()) {
      reading = Optional.ofNullable(left.poll()).map(next -> new Reading(next, Digest.sha256(), 0));
      return Optional.empty();
    }
    Reading work = reading.get();
    Optional<Path> file = store.find(work.artifact);
    if (file.isEmpty()) {
      reading = Optional.empty(); // no longer needed
      return Optional.empty();
    }
    int read = read(file.get(), work.position);
    if (read > 0) {
      work.sha.update(buffer.flip());
      reading = Optional.of(new Reading(work.artifact, work.sha, work.position + read));
      return Optional.empty();
    }
    reading = Optional.empty();
    boolean whole = Digest.ofRaw(work.sha.digest()).equals(work.artifact);
    return whole ? Optional.empty() : Optional.of(work.artifact);
  }

  private int read(Path file, long position) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.read(buffer.clear(), position);
    }
  }
}
