/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.train.gradient.Emitter;

/** Losses of each element alone, averaged over all. */
final class ElementLosses {
  private ElementLosses() {}

  /** |x − y|. */
  static String l1(Emitter emit, Pair pair) {
    return emit.mean(emit.node("Abs", difference(emit, pair)));
  }

  /** (x − y)². */
  static String l2(Emitter emit, Pair pair) {
    String difference = difference(emit, pair);
    return emit.mean(emit.multiply(difference, difference));
  }

  /** Of d = |x − y|: d²/2 up to delta, delta (d − delta/2) beyond (Huber 1964). */
  static Loss huber(double delta) {
    return (emit, pair) -> {
      String distance = emit.node("Abs", difference(emit, pair));
      String capped = emit.atMost(distance, delta);
      String rest = emit.subtract(distance, emit.multiply(capped, 0.5));
      return emit.mean(emit.multiply(capped, rest));
    };
  }

  static String difference(Emitter emit, Pair pair) {
    return emit.subtract(pair.output(), pair.target());
  }
}
