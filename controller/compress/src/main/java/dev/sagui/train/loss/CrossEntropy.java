/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.train.gradient.Emitter;
import java.util.List;
import java.util.Optional;

/**
 * Cross-entropy −ln p[class] against class ids, mean over the places that have one; ids below 0
 * mark places that have none.
 *
 * @param axis of the classes; empty as {@link Classes#of} has it
 * @param smoothing share of the target that all classes have alike (Szegedy et al. 2016)
 */
record CrossEntropy(Optional<Integer> axis, double smoothing) implements Loss {
  @Override
  public String add(Emitter emit, Pair pair) {
    Classes classes = Classes.of("cross-entropy", pair, axis);
    String logs = classes.along(emit, "LogSoftmax", classes.logits(emit, pair.output()));
    String hot = oneHot(emit, classes, pair.target());
    String known = emit.atLeast(emit.sum(hot, false), 1);
    String target = smoothing == 0 ? hot : smoothed(emit, classes, hot);
    String sum = emit.sum(emit.multiply(logs, target), false);
    return emit.negative(emit.divide(sum, known));
  }

  /** 1 at the class of each place; zeros where the id is none of a class. */
  private static String oneHot(Emitter emit, Classes classes, String target) {
    String ids = emit.reshape(target, classes.withoutClasses());
    String whole =
        emit.node(NodeBuilder.of("Cast").inputs(ids).with("to", ElementType.INT64.number()));
    String beyond = emit.longs(classes.count());
    String known = emit.node("Where", emit.node("Less", whole, emit.longs(0)), beyond, whole);
    String values = emit.floats(List.of(2L), 0, 1);
    return emit.node(
        NodeBuilder.of("OneHot").inputs(known, beyond, values).with("axis", classes.axis()));
  }

  private String smoothed(Emitter emit, Classes classes, String hot) {
    String places = emit.sum(hot, true, classes.axis());
    String rest = emit.multiply(places, smoothing / classes.count());
    return emit.add(emit.multiply(hot, 1 - smoothing), rest);
  }
}
