/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.train.gradient.Emitter;
import java.util.Optional;

/**
 * Kullback-Leibler divergence from the target's distribution to the output's, both softened by a
 * temperature τ and scaled by τ² (Hinton, Vinyals, Dean 2015), nats, mean over places. At a
 * temperature of 1 it is what the judge of token distributions measures.
 *
 * <p>Both are logits, or both probabilities where the output comes from a Softmax.
 *
 * @param axis of the classes; empty as {@link Classes#of} has it
 */
record Divergence(Optional<Integer> axis, double temperature) implements Loss {
  @Override
  public String add(Emitter emit, Pair pair) {
    Classes classes = Classes.of("kl", pair, axis);
    String reference =
        classes.probabilities(emit, pair.output())
            ? classes.logarithms(emit, pair.target())
            : pair.target();
    String softTarget = emit.multiply(reference, 1 / temperature);
    String p = classes.along(emit, "Softmax", softTarget);
    String logP = classes.along(emit, "LogSoftmax", softTarget);
    String soft = emit.multiply(classes.logits(emit, pair.output()), 1 / temperature);
    String logQ = classes.along(emit, "LogSoftmax", soft);
    String sum = emit.sum(emit.multiply(p, emit.subtract(logP, logQ)), false);
    return emit.multiply(sum, temperature * temperature / classes.places());
  }
}
