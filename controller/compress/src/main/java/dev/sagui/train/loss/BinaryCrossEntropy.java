/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.train.gradient.Emitter;
import java.util.Optional;

/**
 * Binary cross-entropy −t·ln p − (1 − t)·ln(1 − p), mean over all elements.
 *
 * <p>Of logits z, or where a Sigmoid gives p, it is computed as ln(1 + exp z) − t·z, which is
 * stable however large they are. Other probabilities count as 1e−7 to 1 − 1e−7, outside of which
 * they have no gradient.
 */
record BinaryCrossEntropy(boolean logits) implements Loss {
  @Override
  public String add(Emitter emit, Pair pair) {
    Optional<String> z =
        logits
            ? Optional.of(pair.output())
            : Logits.behindSigmoid(emit, pair.output(), pair.shape());
    return emit.mean(
        z.isPresent() ? ofLogits(emit, z.get(), pair.target()) : ofProbabilities(emit, pair));
  }

  private static String ofLogits(Emitter emit, String z, String target) {
    return emit.subtract(emit.node("Softplus", z), emit.multiply(target, z));
  }

  private static String ofProbabilities(Emitter emit, Pair pair) {
    if (pair.peak() > 1.5) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "bce compares probabilities, but '%s' ranges over %s; write bce: {logits: true} if it gives logits, or take l1"
              .formatted(pair.output(), pair.peak()));
    }
    String p =
        emit.node("Clip", pair.output(), emit.scalar(Logits.LEAST), emit.scalar(1 - Logits.LEAST));
    String log = emit.node("Log", p);
    String logRest = emit.node("Log", emit.subtract(emit.scalar(1), p));
    String odds = emit.subtract(log, logRest);
    return emit.negative(emit.add(logRest, emit.multiply(pair.target(), odds)));
  }
}
