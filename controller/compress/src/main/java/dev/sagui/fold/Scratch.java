/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder for weights that a pass or step computed; it must live until the model is written. The
 * end of the process deletes it too.
 */
public final class Scratch implements AutoCloseable {
  private final Path folder;
  private final Thread cleaner = new Thread(this::discard, "sagui-scratch-discard");
  private int count;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  public static Scratch create() throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("sagui-scratch-").toRealPath());
    Runtime.getRuntime().addShutdownHook(scratch.cleaner);
    return scratch;
  }

  /** A file that is not there yet; any thread may ask. */
  public synchronized Path next() {
    return folder.resolve("tensor-" + count++);
  }

  @Override
  public void close() throws IOException {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // the process ends already, and the hook runs
    }
  }

  private void discard() {
    try {
      delete();
    } catch (IOException e) {
      // a temporary folder, and a writer that is not interrupted yet: the system's to clear
    }
  }

  private void delete() throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(folder);
    }
  }
}
