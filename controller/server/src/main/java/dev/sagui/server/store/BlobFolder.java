/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Folders;
import dev.sagui.server.catalog.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Blobs named by their SHA-256: {@code aa/aabb…}; a file under its final name is complete. */
public final class BlobFolder {
  private static final long RESERVE_BYTES = 32L << 20;

  private final Path folder;
  private final long quotaBytes;
  private final AtomicLong used;

  /**
   * @param quotaBytes of all blobs together; what goes beyond is DISK_FULL
   */
  public BlobFolder(Path folder, long quotaBytes) throws IOException {
    this.folder = folder;
    this.quotaBytes = quotaBytes;
    Files.createDirectories(folder.resolve("incoming"));
    this.used = new AtomicLong(size(folder));
  }

  private static long size(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("incoming")))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /**
   * A stored blob.
   *
   * @param chunkDigests the binary chunk table
   */
  public record Stored(Digest digest, long sizeBytes, byte[] chunkDigests) {}

  /** A file that is on disk but not yet a blob. */
  public record Staged(String name, Path path, Stored stored) {}

  /** A folder of files that are checked before they become blobs; closing it removes the rest. */
  public final class Staging implements AutoCloseable {
    private final Path at;

    private Staging(Path at) {
      this.at = at;
    }

    public Path folder() {
      return at;
    }

    /**
     * @param name a plain file name
     * @throws RejectedException DISK_FULL
     */
    public Staged put(String name, InputStream in) throws IOException {
      Path file = at.resolve(name);
      return new Staged(name, file, write(in, file));
    }

    /** Makes the file a blob. */
    public void publish(Staged file) throws IOException {
      BlobFolder.this.publish(file.path, path(file.stored.digest));
    }

    @Override
    public void close() throws IOException {
      try (var files = Files.newDirectoryStream(at)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(at);
    }
  }

  public Staging stage() throws IOException {
    return new Staging(
        Files.createDirectory(folder.resolve("incoming").resolve(UUID.randomUUID().toString())));
  }

  /** A file as a blob. */
  public StoredFile put(String name, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return named(name, put(in));
    }
  }

  /** The same of a file that is in memory. */
  public StoredFile put(String name, byte[] bytes) throws IOException {
    return named(name, put(bytes));
  }

  private StoredFile named(String name, Stored stored) throws IOException {
    return new StoredFile(name, stored.digest, stored.sizeBytes, put(stored.chunkDigests).digest);
  }

  /**
   * Stores all bytes of {@code in}.
   *
   * @throws RejectedException DISK_FULL; nothing is left behind
   */
  public Stored put(InputStream in) throws IOException {
    Path part = folder.resolve("incoming").resolve(UUID.randomUUID() + ".part");
    try {
      Stored stored = write(in, part);
      publish(part, path(stored.digest));
      return stored;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  public Stored put(byte[] bytes) throws IOException {
    return put(new ByteArrayInputStream(bytes));
  }

  private Stored write(InputStream in, Path part) throws IOException {
    MessageDigest whole = Digest.sha256();
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    long size = 0;
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
      for (int n = in.readNBytes(chunk, 0, chunk.length);
          n > 0;
          n = in.readNBytes(chunk, 0, chunk.length)) {
        size += n;
        checkRoom(size);
        whole.update(chunk, 0, n);
        table.writeBytes(digest(chunk, n));
        writeFully(out, ByteBuffer.wrap(chunk, 0, n));
      }
      out.force(true);
    }
    return new Stored(Digest.ofRaw(whole.digest()), size, table.toByteArray());
  }

  private static byte[] digest(byte[] chunk, int length) {
    MessageDigest sha = Digest.sha256();
    sha.update(chunk, 0, length);
    return sha.digest();
  }

  private void checkRoom(long size) throws IOException {
    if (size > quotaBytes - used.get()
        || Files.getFileStore(folder).getUsableSpace() < RESERVE_BYTES) {
      throw full("after %d bytes".formatted(size));
    }
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new RejectedException(
          FailureCode.DISK_FULL, fullText(String.valueOf(e.getMessage())), e);
    }
  }

  private static RejectedException full(String where) {
    return new RejectedException(FailureCode.DISK_FULL, fullText(where));
  }

  private static String fullText(String where) {
    return "no room for the file (%s); nothing was kept; make space or raise the quota and send it again"
        .formatted(where);
  }

  private void publish(Path part, Path target) throws IOException {
    used.addAndGet(Files.size(part) - (Files.exists(target) ? Files.size(target) : 0));
    Files.createDirectories(target.getParent());
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel parent = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  /** A new folder of files under their names, as links to the blobs. */
  public void link(List<StoredFile> files, Path into) throws IOException {
    Folders.delete(into);
    Files.createDirectories(into);
    for (StoredFile file : files) {
      Files.createLink(into.resolve(file.name()), path(file.digest()));
    }
  }

  /** Where the blob is, or would be. */
  public Path path(Digest digest) {
    return folder.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  /**
   * Deletes what an earlier process has left of blobs that came. A worker leaves that to the
   * controller, to which something may be coming just then.
   */
  public void clearIncoming() throws IOException {
    try (var parts = Files.newDirectoryStream(folder.resolve("incoming"))) {
      for (Path part : parts) {
        if (Files.isDirectory(part)) {
          new Staging(part).close();
        } else {
          Files.deleteIfExists(part);
        }
      }
    }
  }
}
