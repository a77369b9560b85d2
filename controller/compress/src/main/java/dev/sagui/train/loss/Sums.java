/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.train.gradient.Emitter;
import java.util.List;

/** Sums of scalars. */
final class Sums {
  private Sums() {}

  static String of(Emitter emit, List<String> terms) {
    return terms.size() == 1 ? terms.get(0) : emit.node("Sum", terms.toArray(String[]::new));
  }

  static String mean(Emitter emit, List<String> terms) {
    return emit.multiply(of(emit, terms), 1.0 / terms.size());
  }
}
