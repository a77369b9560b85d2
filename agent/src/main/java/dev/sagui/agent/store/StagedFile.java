/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Writes so that a file under its final name is complete, whenever the power goes. */
public final class StagedFile {
  private StagedFile() {}

  /** Replaces {@code file}: written beside it, forced, moved over it, the folder forced. */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, bytes, () -> {});
  }

  /** As {@link #write(Path, byte[])}, for the owner's eyes alone. */
  public static void writeSecret(Path file, byte[] bytes) throws IOException {
    Path part = part(file);
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    write(file, bytes);
  }

  private static Path part(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  /**
   * @param midway runs when half of the bytes are written
   */
  static void write(Path file, byte[] bytes, Runnable midway) throws IOException {
    Path part = part(file);
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      int half = bytes.length / 2;
      writeAll(channel, ByteBuffer.wrap(bytes, 0, half));
      midway.run();
      writeAll(channel, ByteBuffer.wrap(bytes, half, bytes.length - half));
      channel.force(true);
    }
    publish(part, file);
  }

  private static void writeAll(FileChannel channel, ByteBuffer left) throws IOException {
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** Moves a forced file to its final name and forces the folder. */
  static void publish(Path part, Path file) throws IOException {
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  private static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
