/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path folder;

  @Test
  void readsTheLargestFileAndStopsAfterHalfASecond() throws Exception {
    Files.write(folder.resolve("small"), new byte[10]);
    Files.write(Files.createDirectory(folder.resolve("in")).resolve("large"), new byte[9 << 20]);
    OptionalDouble quick = new Storage(folder, clock(1_000_000)).gbs();
    assumeTrue(quick.isPresent(), "this file system has no way past its cache");
    assertEquals((9 << 20) / 10e6, quick.getAsDouble(), 0.2); // a millisecond for each MiB
    OptionalDouble slow = new Storage(folder, clock(300_000_000)).gbs();
    assertEquals((2 << 20) / 600e6, slow.orElseThrow(), 1e-9);
  }

  @Test
  void tellsNothingWhereThereIsNoFile() {
    assertTrue(new Storage(folder, System::nanoTime).gbs().isEmpty());
    assertTrue(new Storage(folder.resolve("none"), System::nanoTime).gbs().isEmpty());
  }

  /** Goes on by that much whenever it is read. */
  private static java.util.function.LongSupplier clock(long stepNanos) {
    AtomicLong nanos = new AtomicLong();
    return () -> nanos.getAndAdd(stepNanos);
  }
}
