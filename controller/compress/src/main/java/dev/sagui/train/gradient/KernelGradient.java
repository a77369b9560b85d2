/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a kernel: for each of its taps one product of what the tap saw, channels last,
 * with the other side. A Conv with batch and channels swapped is the same and twice as slow.
 */
final class KernelGradient {
  private final Emitter emit;
  private final Window window;
  private final List<Long> small;

  private KernelGradient(Emitter emit, Window window, List<Long> small) {
    this.emit = emit;
    this.window = window;
    this.small = small;
  }

  /**
   * @param big what the kernel moves over, [N, Cb, …]: a Conv's input, or the gradient of a
   *     transposed one's output
   * @param small the other side, [N, Cs, …]
   * @return [Cs, Cb / group, kernel…]
   */
  static String of(
      Backward to, Window window, String big, List<Long> bigShape, String small, List<Long> shape) {
    return new KernelGradient(to.emit(), window, shape).of(big, bigShape, small);
  }

  private String of(String big, List<Long> bigShape, String other) {
    long group = window.group();
    long perGroup = bigShape.get(1) / group;
    long rows = small.get(0) * Backward.product(small.subList(2, small.size()));
    String padded = padded(channelsLast(big));
    String left = emit.reshape(channelsFirst(other), List.of(group, small.get(1) / group, rows));
    List<String> taps = new ArrayList<>();
    long count = 1;
    for (long size : window.kernel()) {
      count *= size;
    }
    for (long tap = 0; tap < count; tap++) {
      String seen = emit.reshape(seen(padded, tap), List.of(rows, group, perGroup));
      taps.add(emit.product(left, false, emit.transpose(seen, 1, 0, 2), false));
    }
    String all = emit.reshape(emit.concat(0, taps), List.of(count, small.get(1), perGroup));
    List<Long> shape = new ArrayList<>(List.of(small.get(1), perGroup));
    for (long size : window.kernel()) {
      shape.add(size);
    }
    return emit.reshape(emit.transpose(all, 1, 2, 0), shape);
  }

  /** [N, C, …] as [N, …, C]. */
  private String channelsLast(String value) {
    long[] order = new long[window.axes() + 2];
    for (int i = 1; i <= window.axes(); i++) {
      order[i] = i + 1L;
    }
    order[window.axes() + 1] = 1;
    return emit.transpose(value, order);
  }

  /** [N, C, …] as [C, N, …]. */
  private String channelsFirst(String value) {
    long[] order = new long[window.axes() + 2];
    java.util.Arrays.setAll(order, i -> i < 2 ? 1 - i : i);
    return emit.transpose(value, order);
  }

  private String padded(String channelsLast) {
    int rank = window.axes() + 2;
    long[] pads = new long[2 * rank];
    for (int i = 0; i < window.axes(); i++) {
      pads[i + 1] = window.pads()[i];
      pads[rank + i + 1] = window.pads()[window.axes() + i];
    }
    return emit.pad(channelsLast, pads);
  }

  /** What a tap saw, [N, …small, C]. */
  private String seen(String padded, long tap) {
    int axes = window.axes();
    long[] from = new long[axes];
    long[] to = new long[axes];
    long[] along = new long[axes];
    long rest = tap;
    for (int i = axes - 1; i >= 0; i--) {
      from[i] = rest % window.kernel()[i] * window.dilations()[i];
      rest /= window.kernel()[i];
      to[i] = from[i] + (small.get(i + 2) - 1) * window.strides()[i] + 1;
      along[i] = i + 1L;
    }
    return emit.node(
        "Slice",
        padded,
        emit.longs(from),
        emit.longs(to),
        emit.longs(along),
        emit.longs(window.strides()));
  }
}
