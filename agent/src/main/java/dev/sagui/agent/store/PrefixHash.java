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
import java.security.MessageDigest;
import java.util.Optional;

/**
 * SHA-256 of a file that grows: what is right from its first byte on is read back, hashed and
 * forced to the disk on a thread of its own, so that little is left to be done when the last byte
 * comes. Owned by one thread beside that.
 */
final class PrefixHash implements AutoCloseable {
  /** A power cut takes no more than this. */
  private static final long FORCED_BYTES = 16 << 20;

  private final FileChannel file;
  private final MessageDigest sha = Digest.sha256();
  private Optional<Thread> thread = Optional.empty();
  private Optional<IOException> failure = Optional.empty();
  private long reached;

  /** No more comes: what was reached is hashed. */
  private boolean last;

  /** The digest is not wanted any more. */
  private volatile boolean closed;

  PrefixHash(FileChannel file) {
    this.file = file;
  }

  /** The first {@code bytes} are as they will stay. */
  synchronized void reached(long bytes) {
    if (bytes == reached) {
      return;
    }
    reached = bytes;
    if (thread.isEmpty()) {
      Thread hashing = new Thread(this::run, "hash");
      hashing.setDaemon(true);
      hashing.start();
      thread = Optional.of(hashing);
    }
    notifyAll();
  }

  /**
   * The digest of the file's {@code bytes}, which are all there.
   *
   * @throws IOException the file cannot be read
   */
  Digest finish(long bytes) throws IOException {
    reached(bytes);
    synchronized (this) {
      last = true;
      notifyAll();
    }
    join();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return Digest.ofRaw(sha.digest());
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(ChunkTable.CHUNK_BYTES);
    try {
      long position = 0;
      long forced = 0;
      for (long end = next(0); end > position; end = next(position)) {
        while (position < end && !closed) {
          buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
          int read = file.read(buffer, position);
          if (read < 0) {
            throw new IOException("the file is shorter than what was written");
          }
          sha.update(buffer.flip());
          position += read;
        }
        if (position - forced >= FORCED_BYTES) {
          file.force(false);
          forced = position;
        }
      }
    } catch (IOException e) {
      failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the process ends
    }
  }

  private synchronized void failed(IOException e) {
    failure = Optional.of(e);
  }

  /** Where to read to; {@code position} itself at the end. */
  private synchronized long next(long position) throws InterruptedException {
    while (reached <= position && !last && !closed) {
      wait();
    }
    return closed ? position : reached;
  }

  /** Ends the thread; the file is not read any more when it returns. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    join();
  }

  private void join() {
    if (thread.isPresent()) {
      try {
        thread.get().join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
