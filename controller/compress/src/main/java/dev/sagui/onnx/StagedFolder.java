/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that appears under its name complete or not at all: files are written to a hidden
 * sibling, which is renamed at the end and deleted on failure and at the end of the process.
 */
public final class StagedFolder implements AutoCloseable {
  private static final int MAX_STAGED = 100;

  private final Path target;
  private final Path staging;
  private final Path replaced;
  private final Thread cleaner;
  private boolean published;

  private StagedFolder(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
    this.replaced = staging.resolveSibling(staging.getFileName() + ".old");
    this.cleaner = new Thread(this::discard, "sagui-discard");
  }

  /**
   * @param target absent, empty, or holding only entries of {@code ours}, which are then replaced
   * @throws RejectedException BAD_REQUEST when the folder holds something else
   */
  public static StagedFolder create(Path target, Set<String> ours) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    refuseForeign(absolute, ours);
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "cannot write into %s; name a folder".formatted(target));
    }
    Files.createDirectories(parent);
    Path staging = createStaging(absolute);
    StagedFolder folder = new StagedFolder(absolute, staging);
    Runtime.getRuntime().addShutdownHook(folder.cleaner);
    return folder;
  }

  /**
   * Not a temp directory: those are for their owner alone, and this one gets the final name. It
   * carries the process's number, so that a later process can tell what a killed one left.
   */
  private static Path createStaging(Path target) throws IOException {
    String prefix = "." + target.getFileName() + ".part";
    deleteAbandoned(target, prefix);
    for (int i = 0; ; i++) {
      Path staging = target.resolveSibling(prefix + ProcessHandle.current().pid() + "-" + i);
      try {
        return Files.createDirectory(staging);
      } catch (FileAlreadyExistsException e) {
        if (i == MAX_STAGED) {
          throw e;
        }
      }
    }
  }

  private static void deleteAbandoned(Path target, String prefix) throws IOException {
    Path parent = Objects.requireNonNull(target.getParent());
    try (Stream<Path> siblings = Files.list(parent)) {
      for (Path sibling : siblings.toList()) {
        String rest = sibling.getFileName().toString();
        if (rest.startsWith(prefix) && rest.substring(prefix.length()).matches("\\d{1,9}-\\d+")) {
          long process = Long.parseLong(rest.substring(prefix.length()).split("-", -1)[0]);
          if (ProcessHandle.of(process).isEmpty()) {
            Folders.delete(sibling);
          }
        }
      }
    }
  }

  private static void refuseForeign(Path target, Set<String> ours) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected a folder at %s, found a file".formatted(target));
    }
    try (Stream<Path> entries = Files.list(target)) {
      List<String> foreign =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(e -> !ours.contains(e))
              .sorted()
              .toList();
      if (!foreign.isEmpty()) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "%s holds other files already, such as '%s'; name an empty or new folder"
                .formatted(target, foreign.get(0)));
      }
    }
  }

  /**
   * Makes sure that replacing the target does not delete the model that it is made from.
   *
   * @throws RejectedException BAD_REQUEST when it would
   */
  public StagedFolder keeping(OnnxModel source) throws IOException {
    for (Path file : source.files()) {
      if (Files.exists(target) && file.toRealPath().startsWith(target.toRealPath())) {
        close();
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "%s holds the model itself, which would be replaced; name another folder"
                .formatted(target));
      }
    }
    return this;
  }

  /** Where to write. */
  public Path path() {
    return staging;
  }

  /** Puts the folder under its name; what was there before is replaced. */
  public void publish() throws IOException {
    boolean replaces = Files.exists(target);
    if (replaces) {
      Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    published = true;
    if (replaces) {
      Folders.delete(replaced);
    }
  }

  @Override
  public void close() {
    if (!published) {
      discard();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // the process ends already, and the hook runs
    }
  }

  private void discard() {
    restore();
    for (int attempt = 0; attempt < 5 && Files.exists(staging); attempt++) {
      try {
        Folders.delete(staging);
      } catch (IOException | UncheckedIOException e) {
        // a writer that is not interrupted yet added a file: once more
      }
    }
  }

  /** After an end between the two renames: what was there before gets its name back. */
  private void restore() {
    try {
      if (Files.exists(replaced) && !Files.exists(target)) {
        Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      // both names are on one disk, and the folder was ours a moment ago: nothing left to try
    }
  }
}
