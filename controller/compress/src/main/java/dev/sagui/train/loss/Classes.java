/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.onnx.NodeBuilder;
import dev.sagui.train.gradient.Emitter;
import java.util.List;
import java.util.Optional;

/**
 * How scores of classes lie in an output.
 *
 * @param axis of the classes
 * @param count of the classes
 */
record Classes(List<Long> shape, int axis, long count) {
  /** Below this a probability counts as this, as the judge of token distributions has it. */
  private static final double LEAST = 1e-30;

  /**
   * @param axis counted from either end; where it is empty, the channels of [N, K, H, W] and the
   *     last one of all others
   */
  static Classes of(String loss, Pair pair, Optional<Integer> axis) {
    int rank = pair.shape().size();
    int given = axis.orElse(rank == 4 ? 1 : -1);
    if (rank < 2 || given >= rank || given < -rank || Math.floorMod(given, rank) == 0) {
      throw pair.unsuited(loss, "scores [N, …] with an axis of classes " + given);
    }
    int found = Math.floorMod(given, rank);
    return new Classes(pair.shape(), found, pair.shape().get(found));
  }

  /** Places that have a class each: all elements over the number of classes. */
  long places() {
    return shape.stream().reduce(1L, Math::multiplyExact) / count;
  }

  /** The shape without the axis of classes. */
  List<Long> withoutClasses() {
    List<Long> rest = new java.util.ArrayList<>(shape);
    rest.remove(axis);
    return rest;
  }

  /** The logits of an output that gives them or, by a Softmax, their probabilities. */
  String logits(Emitter emit, String output) {
    return Logits.behindSoftmax(emit, output, axis, shape.size()).orElse(output);
  }

  /** Whether an output gives probabilities as far as the graph tells. */
  boolean probabilities(Emitter emit, String output) {
    return Logits.behindSoftmax(emit, output, axis, shape.size()).isPresent();
  }

  /** Natural logarithms, which are logits too. */
  String logarithms(Emitter emit, String probabilities) {
    return emit.node("Log", emit.atLeast(probabilities, LEAST));
  }

  /** Softmax or LogSoftmax. */
  String along(Emitter emit, String operator, String logits) {
    return emit.node(NodeBuilder.of(operator).inputs(logits).with("axis", axis));
  }
}
