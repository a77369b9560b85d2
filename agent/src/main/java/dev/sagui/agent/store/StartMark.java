/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Counts, on disk, how often a committed release began to load and did not end: each is a process
 * that it took down. Not forced, for a power cut is no crash; on a disk that takes nothing it does
 * not count.
 */
public final class StartMark {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private final Path folder;

  public StartMark(Path home) {
    this.folder = home.resolve("loading");
  }

  /** The release begins to load: for which time in a row. */
  public int loading(Digest release) {
    Path file = folder.resolve(release.hex());
    try {
      int before = Files.exists(file) ? (int) Files.size(file) : 0;
      Files.createDirectories(folder);
      Files.write(file, new byte[before + 1]);
      return before + 1;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "loading=unmarked reason=\"{0}\"", e.getMessage());
      return 1;
    }
  }

  /** The release has loaded, or was refused in due form. */
  public void loaded(Digest release) {
    try {
      Files.deleteIfExists(folder.resolve(release.hex()));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "loading=marked reason=\"{0}\"", e.getMessage());
    }
  }
}
