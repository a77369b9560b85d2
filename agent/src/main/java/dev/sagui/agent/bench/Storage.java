/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * How fast a large file is read from the disk that models lie on, past the page cache ({@code
 * O_DIRECT}). Nothing is written.
 *
 * @param folder its largest file is read, for half a second at most
 */
record Storage(Path folder, LongSupplier nanoClock) {
  private static final int READ_BYTES = 1 << 20;
  private static final long MOST_NANOS = 500_000_000;

  /** 10⁹ bytes a second; empty where the file system has no way past the cache. */
  OptionalDouble gbs() {
    try {
      Optional<Path> largest = largest();
      return largest.isPresent() ? read(largest.get()) : OptionalDouble.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return OptionalDouble.empty();
    }
  }

  private Optional<Path> largest() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .max(Comparator.comparingLong(file -> file.toFile().length()));
    }
  }

  private OptionalDouble read(Path file) throws IOException {
    int align = Math.toIntExact(Files.getFileStore(file).getBlockSize());
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES + align).alignedSlice(align);
    buffer.limit(READ_BYTES);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      long start = nanoClock.getAsLong();
      long nanos = 0;
      long bytes = 0;
      int read = READ_BYTES;
      while (read == READ_BYTES && nanos < MOST_NANOS) {
        read = channel.read(buffer.clear().limit(READ_BYTES));
        bytes += Math.max(0, read);
        nanos = nanoClock.getAsLong() - start;
      }
      return bytes > 0 && nanos > 0
          ? OptionalDouble.of((double) bytes / nanos)
          : OptionalDouble.empty();
    }
  }
}
