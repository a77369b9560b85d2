/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.Map;

/** Removes a share of a model of one piece or another; what is not faster is taken back. */
sealed interface PruneShare extends Step permits PruneDepth, PruneRank {
  /** As recipes have it. */
  String key();

  /** From 0 to below 1. */
  double share();

  /** Without a look at the clock. */
  StepOutcome removed(OnnxModel model, Surroundings around) throws IOException;

  /**
   * @param what is removed, in words
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST unless it is one
   */
  static void require(double share, String what) {
    if (!(share >= 0 && share < 1)) {
      throw RecipeFile.bad("expected %s from 0 to below 1, got %s".formatted(what, share));
    }
  }

  @Override
  default String name() {
    return "prune";
  }

  @Override
  default Map<String, Object> parameters() {
    return Map.of(key(), share());
  }

  @Override
  default boolean looksAtSamples() {
    return true;
  }

  @Override
  default StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Accepted.prunable(model);
    return share() == 0
        ? StepOutcome.unchanged(model, "nothing was asked to be removed")
        : Payoff.of(model, around).heldIfFaster(removed(model, around));
  }
}
