/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a kernel tap by tap: one product of what the tap saw, channels last, with the
 * other side. A Conv with batch and channels swapped is the same and twice as slow.
 */
final class Taps {
  private Taps() {}

  static String of(Correlation of) {
    Emitter e = of.e();
    long group = of.window().group();
    long perGroup = of.bigChannels() / group;
    long rows = of.batch() * of.smallPlaces();
    String padded = of.bigLast();
    String left =
        e.reshape(first(of, of.small()), List.of(group, of.smallChannels() / group, rows));
    List<String> taps = new ArrayList<>();
    for (long tap = 0; tap < of.window().taps(); tap++) {
      String seen = of.seen(padded, tap, 1);
      taps.add(e.product(left, false, grouped(e, seen, rows, group, perGroup), false));
    }
    List<Long> all = List.of(of.window().taps(), of.smallChannels(), perGroup);
    return e.reshape(e.transpose(e.reshape(e.concat(0, taps), all), 1, 2, 0), of.kernelShape());
  }

  /** [rows, group · perGroup] as [group, rows, perGroup]; of one group without a copy. */
  private static String grouped(Emitter e, String seen, long rows, long group, long perGroup) {
    return group == 1
        ? e.reshape(seen, List.of(1L, rows, perGroup))
        : e.transpose(e.reshape(seen, List.of(rows, group, perGroup)), 1, 0, 2);
  }

  /** [N, C, …] as [C, N, …]. */
  private static String first(Correlation of, String value) {
    long[] order = LayoutRules.range(of.window().axes() + 2);
    order[0] = 1;
    order[1] = 0;
    return of.e().transpose(value, order);
  }
}
