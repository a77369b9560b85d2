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
import java.util.Comparator;
import java.util.List;
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
  private final Thread cleaner;
  private boolean published;

  private StagedFolder(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
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

  /** Not a temp directory: those are for their owner alone, and this one gets the final name. */
  private static Path createStaging(Path target) throws IOException {
    for (int i = 0; ; i++) {
      Path staging = target.resolveSibling("." + target.getFileName() + ".part" + i);
      try {
        return Files.createDirectory(staging);
      } catch (FileAlreadyExistsException e) {
        if (i == MAX_STAGED) {
          throw e;
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

  /** Where to write. */
  public Path path() {
    return staging;
  }

  /** Puts the folder under its name; what was there before is replaced. */
  public void publish() throws IOException {
    Path old = staging.resolveSibling(staging.getFileName() + ".old");
    boolean replaces = Files.exists(target);
    if (replaces) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    published = true;
    if (replaces) {
      delete(old);
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
    for (int attempt = 0; attempt < 5 && Files.exists(staging); attempt++) {
      try {
        delete(staging);
      } catch (IOException | UncheckedIOException e) {
        // a writer that is not interrupted yet added a file: once more
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
