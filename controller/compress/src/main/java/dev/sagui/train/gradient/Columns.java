/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a kernel as one product of one side with the columns that the other one makes.
 */
final class Columns {
  private Columns() {}

  /** What each tap saw of the big side. */
  static String ofBig(Correlation of) {
    Emitter e = of.e();
    long taps = of.window().taps();
    long places = of.smallPlaces();
    String padded = e.pad(of.big(), of.window().spacePads());
    List<String> parts = new ArrayList<>();
    for (long tap = 0; tap < taps; tap++) {
      parts.add(of.seen(padded, tap, 2));
    }
    List<Long> all = List.of(of.batch(), taps * of.bigChannels(), places);
    String columns = e.reshape(e.concat(1, parts), all);
    String other = e.reshape(of.small(), List.of(of.batch(), of.smallChannels(), places));
    String product = summed(of, e.product(other, false, columns, true));
    String split = e.reshape(product, List.of(of.smallChannels(), taps, of.bigChannels()));
    return e.reshape(e.transpose(split, 0, 2, 1), of.kernelShape());
  }

  /** Of the small side, shifted to where each tap saw the big one; where the stride is 1. */
  static String ofSmall(Correlation of) {
    Emitter e = of.e();
    long taps = of.window().taps();
    long places = of.bigPlaces();
    int axes = of.window().axes();
    String padded = e.pad(of.small(), of.window().backPads(of.bigShape(), of.smallShape()));
    List<String> parts = new ArrayList<>();
    for (long tap = 0; tap < taps; tap++) {
      long[] from = of.window().offset(taps - 1 - tap);
      long[] to = new long[axes];
      long[] along = new long[axes];
      for (int i = 0; i < axes; i++) {
        to[i] = from[i] + of.bigShape().get(i + 2);
        along[i] = i + 2L;
      }
      parts.add(e.slice(padded, along, from, to, of.window().strides()));
    }
    List<Long> all = List.of(of.batch(), taps * of.smallChannels(), places);
    String columns = e.reshape(e.concat(1, parts), all);
    String other = e.reshape(of.big(), List.of(of.batch(), of.bigChannels(), places));
    String product = summed(of, e.product(columns, false, other, true));
    String split = e.reshape(product, List.of(taps, of.smallChannels(), of.bigChannels()));
    return e.reshape(e.transpose(split, 1, 2, 0), of.kernelShape());
  }

  private static String summed(Correlation of, String product) {
    return of.e().sum(product, false, 0);
  }
}
