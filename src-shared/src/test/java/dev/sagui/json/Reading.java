/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.json;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sagui.failure.RejectedException;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * A form of bytes for fuzzers.
 *
 * @param good bytes that are read
 * @param parser reads them, or refuses them by name
 */
public record Reading(String name, byte[] good, Consumer<byte[]> parser) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads other bytes, which may be refused; nothing else may happen, nor much be allocated. */
  public void read(byte[] other, long mostBytes) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      parser.accept(other);
    } catch (RejectedException refused) {
      assertTrue(refused.getMessage() != null);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(name + " " + HexFormat.of().formatHex(other), e);
    }
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(taken < mostBytes, () -> taken + " bytes of " + HexFormat.of().formatHex(other));
  }

  @Override
  public String toString() {
    return name;
  }
}
