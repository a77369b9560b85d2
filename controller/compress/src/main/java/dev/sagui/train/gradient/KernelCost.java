/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.List;

/**
 * What the ways to write a convolution's gradients cost on one thread of an x86-64 CPU with AVX2,
 * in nanoseconds for each tap and place. The numbers are a fit to the shapes that
 * deploy/bench/kernel_forms.py measures (1 to 128 channels, 8² to 128² places, kernels of 1 to 5,
 * strides 1 and 2), for which it names the fastest or one within a fifth of it.
 */
final class KernelCost {
  /** How a kernel's gradient is written. */
  enum Form {
    TAPS,
    BIG_COLUMNS,
    SMALL_COLUMNS
  }

  /** To move an element of the big side into a tap's matrix, and to stream one of the other. */
  private static final double TAP_BIG = 0.7;

  private static final double TAP_SMALL = 0.25;
  private static final double TAP_PRODUCT = 0.017;

  /** To move an element into columns, by Slice and Concat. */
  private static final double COLUMN = 1.8;

  private static final double COLUMN_PRODUCT = 0.013;

  private KernelCost() {}

  static Form cheapest(Correlation of) {
    double big = of.bigChannels();
    double small = of.smallChannels();
    double taps =
        of.smallPlaces() * (TAP_BIG * big + TAP_SMALL * small + TAP_PRODUCT * big * small);
    double fromBig = of.smallPlaces() * (COLUMN * big + COLUMN_PRODUCT * big * small);
    double fromSmall =
        of.window().isDense()
            ? of.bigPlaces() * (COLUMN * small + COLUMN_PRODUCT * big * small)
            : Double.MAX_VALUE;
    if (taps <= Math.min(fromBig, fromSmall)) {
      return Form.TAPS;
    }
    return fromBig <= fromSmall ? Form.BIG_COLUMNS : Form.SMALL_COLUMNS;
  }

  /**
   * Whether the gradient of a Conv's input is cheaper as a Conv with the kernel turned than as a
   * ConvTranspose: both spend most on their columns, the one of dY's channels, the other of x's.
   * Forward it is the other way round: then its ConvTranspose spends less. Where a filter sees one
   * channel ONNX Runtime has a kernel for the Conv alone.
   */
  static boolean turns(Window window, List<Long> x, List<Long> dy) {
    if (!window.isDense() || !window.turnsBack()) {
      return false;
    }
    boolean single = window.group() > 1 && window.group() == x.get(1);
    return single || Backward.product(dy) / dy.get(1) * x.get(1) > places(x) * dy.get(1) * x.get(0);
  }

  private static long places(List<Long> shape) {
    return Backward.product(shape.subList(2, shape.size()));
  }
}
