/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.onnx.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Gives a run another folder to go on in. */
public final class RunCopy {
  private RunCopy() {}

  /**
   * Copies what can be gone on from, if there is such and {@code to} is not there yet. Whoever may
   * still be at the first one holds no lock on the copy and writes nothing into it.
   *
   * @param from stands still: nobody finds it under that name who was at it before
   */
  public static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(from.resolve(RunFolder.RECIPE)) || Files.exists(to)) {
      return;
    }
    Path part = to.resolveSibling(to.getFileName() + ".part");
    Folders.delete(part);
    for (Path file : files(from)) {
      Path target = part.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
    Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.endsWith(RunFolder.LOCK) && !file.toString().endsWith(".part"))
          .toList();
    }
  }
}
