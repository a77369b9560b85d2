/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds the state folder for one agent; the system lets go of it however the process ends. */
record FolderLock(FileLock lock) {
  /**
   * On a disk that became read-only it is shared with others who only read.
   *
   * @throws RejectedException STATE_FOLDER_IN_USE
   */
  static FolderLock take(Path home) throws IOException {
    Files.createDirectories(home);
    Path file = home.resolve("lock");
    boolean readOnly = Files.exists(file) && !Files.isWritable(file);
    FileChannel channel =
        readOnly
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
    if (lock == null) {
      channel.close();
      throw new RejectedException(
          FailureCode.STATE_FOLDER_IN_USE,
          "another agent runs on '%s'; end it, or choose another sagui.home".formatted(home));
    }
    return new FolderLock(lock);
  }
}
