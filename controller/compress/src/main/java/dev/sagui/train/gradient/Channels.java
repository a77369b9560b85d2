/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What is known of each channel of a value [N, C, …]. */
record Channels(List<Long> shape) {
  static Channels of(List<Long> shape) {
    return new Channels(shape);
  }

  long count() {
    return shape.get(1);
  }

  /** The axes of space. */
  long[] space() {
    return Arrays.stream(LayoutRules.range(shape.size())).skip(2).toArray();
  }

  /** All axes but the channels'. */
  long[] others() {
    return Arrays.stream(LayoutRules.range(shape.size())).filter(i -> i != 1).toArray();
  }

  /** [C] as [C, 1, …], which broadcasts over the batch and space. */
  String wide(Emitter e, String perChannel) {
    List<Long> wide = new ArrayList<>(Collections.nCopies(shape.size() - 1, 1L));
    wide.set(0, count());
    return e.reshape(perChannel, wide);
  }

  /** The sum of each channel, [C]: over space first, faster than over all at once. */
  String sum(Emitter e, String value) {
    return e.sum(space().length == 0 ? value : e.sum(value, false, space()), false, 0);
  }
}
