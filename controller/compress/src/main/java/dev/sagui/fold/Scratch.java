/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for weights that a pass or step computed; it must live until the model is written. */
public final class Scratch implements AutoCloseable {
  private final Path folder;
  private int count;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  public static Scratch create() throws IOException {
    return new Scratch(Files.createTempDirectory("sagui-scratch-").toRealPath());
  }

  /** A file that is not there yet; any thread may ask. */
  public synchronized Path next() {
    return folder.resolve("tensor-" + count++);
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
