/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.onnx.Folders;
import dev.sagui.server.store.JobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Where runs work: each in a folder of its id, and in it each hold in one of its version. */
public final class RunFolders {
  private static final Logger LOG = Logger.getLogger(RunFolders.class);

  /** Before the version of a hold that another one followed. */
  private static final String LEFT = "left-";

  private final Path folder;

  /** Makes what an earlier hold did that of a later one. */
  interface TakeOver {
    /** Nothing of it can be used. */
    TakeOver NONE = (left, own) -> {};

    /**
     * @param left what the earlier one worked in; deleted afterwards
     * @param own of the later one
     */
    void of(Path left, Path own) throws IOException;
  }

  /**
   * @param folder in the controller's home, on the same file system as the blobs
   */
  public RunFolders(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** Deletes what runs other than those have left. */
  public void keepOnly(Set<String> runs) {
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> !runs.contains(name))
          .forEach(this::clear);
    } catch (IOException e) {
      throw new UncheckedIOException("the work folder cannot be read", e);
    }
  }

  /** Deletes what a run has left. */
  void clear(String run) {
    delete(folder.resolve(run));
  }

  private static void delete(Path left) {
    try {
      Folders.delete(left);
    } catch (IOException | UncheckedIOException e) {
      LOG.warnf("%s stays until the next start: %s", left, e);
    }
  }

  /**
   * A folder for a hold, with what earlier ones made. Their folders are renamed first: a process
   * that was frozen under one finds nothing where it worked.
   *
   * @throws CancellationException a later hold is at work
   */
  Path taken(JobStore.Hold hold, TakeOver others) throws IOException {
    Path run = folder.resolve(hold.id());
    Path own = Files.createDirectories(run.resolve(String.valueOf(hold.version())));
    for (long version : holds(run)) {
      Path other = run.resolve(String.valueOf(version));
      if (version > hold.version()) {
        leave(hold);
        throw new CancellationException(hold.id());
      }
      if (version < hold.version()) {
        Path left = run.resolve(LEFT + version);
        if (Files.exists(other)) {
          Files.move(other, left, StandardCopyOption.ATOMIC_MOVE);
        }
        others.of(left, own);
        delete(left);
      }
    }
    return own;
  }

  /** Versions of the holds that worked in a run's folder, the last first. */
  private static List<Long> holds(Path run) throws IOException {
    try (Stream<Path> entries = Files.list(run)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.matches("(" + LEFT + ")?\\d{1,18}"))
          .map(name -> Long.valueOf(name.replace(LEFT, "")))
          .distinct()
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  /** Deletes what a hold that was lost has left. */
  void leave(JobStore.Hold hold) {
    delete(folder.resolve(hold.id()).resolve(String.valueOf(hold.version())));
  }

  /** A message without the place of the controller's home. */
  String plain(String message) {
    return message.replace(folder.toAbsolutePath().getParent() + "/", "");
  }
}
