/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Folders;
import dev.sagui.server.catalog.DataSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files of data sets, each a file or a folder; one under its final name is complete. */
public final class DataFolder {
  private static final long RESERVE_BYTES = 32L << 20;
  private static final long MOST_FILES = 200_000;
  private static final String INCOMING = ".incoming";
  private static final String PART = "[^/\\\\:\\p{Cntrl}.][^/\\\\:\\p{Cntrl}]{0,199}";
  private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + "){0,7}");

  private final Path folder;
  private final long quotaBytes;
  private final AtomicLong used;

  /**
   * @param quotaBytes of all data sets together; what goes beyond is DISK_FULL
   * @param usedBytes of those that are there
   */
  public DataFolder(Path folder, long quotaBytes, long usedBytes) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.quotaBytes = quotaBytes;
    this.used = new AtomicLong(usedBytes);
    Files.createDirectories(this.folder.resolve(INCOMING));
  }

  public Path path() {
    return folder;
  }

  /** Where the data set is, or would be. */
  public Path path(ArtifactName name) {
    return folder.resolve(name.value());
  }

  /** Deletes what came half, and what is not to be kept. */
  public void keepOnly(Predicate<String> kept) throws IOException {
    Folders.delete(folder.resolve(INCOMING));
    Files.createDirectories(folder.resolve(INCOMING));
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.filter(entry -> !entry.endsWith(INCOMING)).toList();
    }
    for (Path entry : entries) {
      if (!kept.test(String.valueOf(entry.getFileName()))) {
        Folders.delete(entry);
      }
    }
  }

  /** Deletes a data set; a process that dies meanwhile leaves what {@link #keepOnly} deletes. */
  public void delete(DataSet set) throws IOException {
    Path gone = folder.resolve(INCOMING).resolve(UUID.randomUUID().toString());
    Files.move(path(set.name()), gone, StandardCopyOption.ATOMIC_MOVE);
    Folders.delete(gone);
    used.addAndGet(-set.bytes());
  }

  public Staging stage() {
    return new Staging(folder.resolve(INCOMING).resolve(UUID.randomUUID().toString()));
  }

  /** A data set that comes; closing it removes what was not published. */
  public final class Staging implements AutoCloseable {
    private final Path at;
    private long bytes;
    private long files;
    private boolean published;

    private Staging(Path at) {
      this.at = at;
    }

    public long bytes() {
      return bytes;
    }

    public long files() {
      return files;
    }

    /**
     * The data set as one file.
     *
     * @throws RejectedException DISK_FULL
     */
    public void put(InputStream content) throws IOException {
      write(content, at);
    }

    /**
     * One of its files.
     *
     * @param name with the folders below the data set's that it is in
     * @throws RejectedException DISK_FULL, or BAD_REQUEST for a name that leaves the folder
     */
    public void put(String name, InputStream content) throws IOException {
      if (!NAME.matcher(name).matches()) {
        throw bad(
            "expected files below the top of the archive, 8 names deep at most, none with a dot in front or a ':', found '%s'"
                .formatted(name));
      }
      if (files == MOST_FILES) {
        throw bad("a data set has at most %,d files; put them into fewer".formatted(MOST_FILES));
      }
      try {
        Path file = at.resolve(name);
        Files.createDirectories(file.getParent());
        write(content, file);
      } catch (FileAlreadyExistsException e) {
        throw bad("expected each name once in the archive, found '%s' again".formatted(name));
      }
    }

    private void write(InputStream content, Path file) throws IOException {
      try (FileChannel out =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        byte[] block = new byte[1 << 16];
        for (int n = content.readNBytes(block, 0, block.length);
            n > 0;
            n = content.readNBytes(block, 0, block.length)) {
          bytes += n;
          if (used.addAndGet(n) > quotaBytes || usable() < RESERVE_BYTES) {
            throw full("after %d bytes".formatted(bytes));
          }
          writeFully(out, ByteBuffer.wrap(block, 0, n));
        }
        out.force(true);
      }
      files++;
    }

    /** Makes it the data set of that name. */
    public void publish(ArtifactName name) throws IOException {
      Path target = path(name);
      Folders.delete(target); // of a process that died before it was listed
      Files.move(at, target, StandardCopyOption.ATOMIC_MOVE);
      published = true;
      try (FileChannel parent = FileChannel.open(folder, StandardOpenOption.READ)) {
        parent.force(true);
      }
    }

    @Override
    public void close() throws IOException {
      if (!published) {
        used.addAndGet(-bytes);
        Folders.delete(at);
      }
    }
  }

  private long usable() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw full(String.valueOf(e.getMessage()));
    }
  }

  private static RejectedException full(String where) {
    return new RejectedException(
        FailureCode.DISK_FULL,
        "no room for the data (%s); nothing was kept; make space or raise the quota and send it again"
            .formatted(where));
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
