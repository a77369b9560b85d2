/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

/** Time since it was made. */
final class Stint {
  private final long startNanos = System.nanoTime();

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
