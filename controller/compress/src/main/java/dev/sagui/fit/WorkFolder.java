/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a search has made so far, hidden beside its output: folders, and for each that is complete a
 * record of what made it and of its files' digests, written last. The end of the process leaves
 * both for a search that wants the same; what has no record, or other bytes, counts for nothing.
 */
final class WorkFolder implements AutoCloseable {
  private static final String RECORD = ".json";
  private static final String LOCK = "lock";
  private static final String OF = "of";
  private static final String FILES = "files";

  private final Path folder;
  private final FileChannel lock;
  private final Thread cleaner = new Thread(this::leave, "sagui-leave");

  private WorkFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Where a search into {@code outDir} works. */
  static Path beside(Path outDir) {
    Path out = outDir.toAbsolutePath().normalize();
    return out.resolveSibling("." + out.getFileName() + ".fit");
  }

  /**
   * @throws RejectedException BAD_REQUEST when another search works there
   */
  static WorkFolder open(Path outDir) throws IOException {
    Path folder = Files.createDirectories(beside(outDir));
    FileChannel lock =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(lock)) {
      lock.close();
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "another fit into %s is under way; name another folder".formatted(outDir));
    }
    WorkFolder work = new WorkFolder(folder, lock);
    work.sweep();
    Runtime.getRuntime().addShutdownHook(work.cleaner);
    return work;
  }

  /**
   * Makes what a search into {@code from} has made so far that of one into {@code to}. A process
   * that is at it still holds a lock on nothing, and finds its files gone.
   */
  static void takeOver(Path from, Path to) throws IOException {
    Path left = beside(from);
    if (Files.isDirectory(left) && !Files.exists(beside(to))) {
      Files.deleteIfExists(left.resolve(LOCK));
      Files.move(left, beside(to), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Names of what a killed search left beside {@code outDir}. */
  static List<String> left(Path outDir) throws IOException {
    Path folder = beside(outDir);
    return Files.isDirectory(folder) ? records(folder) : List.of();
  }

  private static List<String> records(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.endsWith(RECORD))
          .map(name -> name.substring(0, name.length() - RECORD.length()))
          .sorted()
          .toList();
    }
  }

  Path path() {
    return folder;
  }

  /** Of a thing that is made. */
  Path folder(String name) {
    return folder.resolve(name);
  }

  /**
   * What was recorded of a thing, if it was made of just that and its files are as they were; what
   * is something else is deleted.
   */
  Optional<Fields> find(String name, Map<String, Object> of) throws IOException {
    Path record = folder.resolve(name + RECORD);
    if (Files.exists(record)) {
      Optional<Fields> found = parsed(record).filter(f -> isOf(f, of));
      if (found.isPresent() && found.get().pairs(FILES).equals(digests(name))) {
        return found;
      }
    }
    Files.deleteIfExists(record);
    Folders.delete(folder(name));
    return Optional.empty();
  }

  private static Optional<Fields> parsed(Path record) throws IOException {
    try {
      return Optional.of(Fields.parse(Files.readAllBytes(record)));
    } catch (RejectedException e) {
      return Optional.empty(); // cut off with the power
    }
  }

  private static boolean isOf(Fields record, Map<String, Object> of) {
    return record.has(OF) && record.object(OF).values().equals(Json.parse(Json.write(of)));
  }

  /** Notes that a thing is complete. */
  void record(String name, Map<String, Object> of, Map<String, Object> what) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>(what);
    all.put(OF, of);
    all.put(FILES, digests(name));
    Path staged = Files.write(folder.resolve(name + RECORD + ".part"), Json.pretty(all));
    Files.move(staged, folder.resolve(name + RECORD), StandardCopyOption.ATOMIC_MOVE);
  }

  private Map<String, String> digests(String name) throws IOException {
    Map<String, String> digests = new LinkedHashMap<>();
    if (Files.exists(folder(name))) {
      try (Stream<Path> files = Files.walk(folder(name))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          digests.put(folder.relativize(file).toString(), FileDigests.of(file).hex());
        }
      }
    }
    return digests;
  }

  /** Deletes what is not complete. */
  private void sweep() throws IOException {
    List<String> complete = records(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String name = String.valueOf(entry.getFileName());
        if (!complete.contains(name) && !name.endsWith(RECORD) && !name.equals(LOCK)) {
          Folders.delete(entry);
        }
      }
    }
  }

  /** As the process ends: nothing half made, and nothing at all where nothing is complete. */
  private void leave() {
    try {
      if (records(folder).isEmpty()) {
        Folders.delete(folder);
      } else {
        sweep();
      }
    } catch (IOException | UncheckedIOException e) {
      // a writer that is not interrupted yet added a file: the next search sweeps
    }
  }

  /** Deletes all of it. */
  void drop() throws IOException {
    Folders.delete(folder);
  }

  @Override
  public void close() throws IOException {
    lock.close();
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // the process ends already, and the hook runs
    }
  }
}
