/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.Parallel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Parts of one computation on two threads, where that is worth it. */
public final class Workers {
  /** Smaller matrices are done before a thread has started. */
  private static final int LEAST = 256;

  private Workers() {}

  /** Of {@code items} for a matrix of {@code size}, what {@link #forEach} is to be given. */
  static int parts(int items, int size) {
    return size < LEAST ? 1 : Math.min(2, items);
  }

  /**
   * @param part is independent of the others
   */
  public static void forEach(int parts, int size, IntConsumer part) {
    if (size < LEAST) {
      IntStream.range(0, parts).forEach(part);
      return;
    }
    try {
      Parallel.forEach(IntStream.range(0, parts).boxed().toList(), part::accept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
