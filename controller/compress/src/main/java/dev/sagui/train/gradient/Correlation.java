/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.List;

/**
 * What a convolution's kernel saw on one side of it and what it gave on the other. The gradient of
 * the kernel is their correlation, which costs most of a training step; of the ways to write it the
 * cheapest is taken.
 *
 * @param big what the kernel moves over, [N, Cb, …]: a Conv's input, or the gradient of a
 *     transposed one's output
 * @param small the other side, [N, Cs, …]
 */
record Correlation(
    Emitter e,
    Window window,
    String big,
    List<Long> bigShape,
    String small,
    List<Long> smallShape) {

  /** The gradient of the kernel, [Cs, Cb / group, kernel…]. */
  String kernel() {
    if (window.group() > 1) {
      return bigChannels() == window.group() ? ChannelTaps.of(this) : Taps.of(this);
    }
    return switch (KernelCost.cheapest(this)) {
      case TAPS -> Taps.of(this);
      case BIG_COLUMNS -> Columns.ofBig(this);
      case SMALL_COLUMNS -> Columns.ofSmall(this);
    };
  }

  long batch() {
    return bigShape.get(0);
  }

  long bigChannels() {
    return bigShape.get(1);
  }

  long smallChannels() {
    return smallShape.get(1);
  }

  /** Places in space of the big side. */
  long bigPlaces() {
    return Backward.product(bigShape.subList(2, bigShape.size()));
  }

  /** Places in space of the small side. */
  long smallPlaces() {
    return Backward.product(smallShape.subList(2, smallShape.size()));
  }

  /** The big side, channels last and padded as the window pads it. */
  String bigLast() {
    int rank = window.axes() + 2;
    long[] pads = new long[2 * rank];
    for (int i = 0; i < window.axes(); i++) {
      pads[i + 1] = window.pads()[i];
      pads[rank + i + 1] = window.pads()[window.axes() + i];
    }
    return e.pad(last(big), pads);
  }

  /** The small side, channels last. */
  String smallLast() {
    return last(small);
  }

  /** [N, C, …] as [N, …, C]. */
  private String last(String value) {
    long[] order = new long[window.axes() + 2];
    for (int i = 1; i <= window.axes(); i++) {
      order[i] = i + 1L;
    }
    order[window.axes() + 1] = 1;
    return e.transpose(value, order);
  }

  /**
   * What one tap saw of the padded big side, for each place of the small one.
   *
   * @param first the first axis of space
   */
  String seen(String padded, long tap, int first) {
    int axes = window.axes();
    long[] from = window.offset(tap);
    long[] to = new long[axes];
    long[] along = new long[axes];
    for (int i = 0; i < axes; i++) {
      to[i] = from[i] + (smallShape.get(i + 2) - 1) * window.strides()[i] + 1;
      along[i] = first + (long) i;
    }
    return window.isPoint() ? padded : e.slice(padded, along, from, to, window.strides());
  }

  /** The shape of the kernel, [Cs, Cb / group, kernel…]. */
  List<Long> kernelShape() {
    return window.kernelShape(smallChannels(), bigChannels() / window.group());
  }
}
