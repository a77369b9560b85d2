/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.net;

/**
 * A square window of a convolution in two dimensions.
 *
 * @param in channels
 * @param out channels
 * @param side of the window
 * @param pad zeros on each side
 */
public record Kernel(long in, long out, long side, long stride, long pad) {
  /** A window that keeps height and width. */
  public static Kernel same(long in, long out, long side) {
    return new Kernel(in, out, side, 1, side / 2);
  }

  /** A window of 4×4 that halves height and width, or doubles them when transposed. */
  public static Kernel half(long in, long out) {
    return new Kernel(in, out, 4, 2, 1);
  }

  long area() {
    return side * side;
  }
}
