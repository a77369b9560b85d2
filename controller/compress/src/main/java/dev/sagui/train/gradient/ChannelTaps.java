/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a kernel each of whose filters sees one channel: tap by tap a product of the
 * elements, channels last, summed as a product with a row of ones.
 */
final class ChannelTaps {
  private ChannelTaps() {}

  static String of(Correlation of) {
    Emitter e = of.e();
    long group = of.window().group();
    long filters = of.smallChannels() / group;
    long rows = of.batch() * of.smallPlaces();
    String padded = of.bigLast();
    String other = e.reshape(of.smallLast(), List.of(rows, group, filters));
    double[] ones = new double[Math.toIntExact(rows)];
    java.util.Arrays.fill(ones, 1);
    String sum = e.floats(List.of(1L, rows), ones);
    List<String> taps = new ArrayList<>();
    for (long tap = 0; tap < of.window().taps(); tap++) {
      String seen = e.reshape(of.seen(padded, tap, 1), List.of(rows, group, 1L));
      String each = e.reshape(e.multiply(seen, other), List.of(rows, of.smallChannels()));
      taps.add(e.node("MatMul", sum, each));
    }
    return e.reshape(e.transpose(e.concat(0, taps), 1, 0), of.kernelShape());
  }
}
