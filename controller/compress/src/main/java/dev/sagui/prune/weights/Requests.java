/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.List;
import java.util.Set;

/** What a model's layers cannot be asked for. */
final class Requests {
  private Requests() {}

  /**
   * @throws RejectedException BAD_REQUEST when a name is of no weight
   */
  static void known(Set<String> names, List<Prunable> layers) {
    for (String name : names) {
      if (layers.stream().noneMatch(layer -> layer.name().equals(name))) {
        throw bad(
            "expected names of weights under except, the model has none that is named '%s'; it has %s"
                .formatted(name, layers.stream().map(Prunable::name).limit(20).toList()));
      }
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST when shares are to be chosen that the pattern fixes
   */
  static void leavesShares(SparsityOptions options) {
    if (options.pattern().kind() == Pattern.Kind.N_OF_M && options.scope() != Scope.LAYER) {
      throw bad(
          "the pattern %s says the share of every layer, scope: %s chooses it; leave one of them out"
              .formatted(options.pattern().label(), options.scope().label()));
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST when N:M does not divide a layer's inputs
   */
  static void divides(Pattern pattern, Prunable layer) {
    if (pattern.kind() == Pattern.Kind.N_OF_M && layer.size() % pattern.second() != 0) {
      throw bad(
          "the pattern %s needs inputs in groups of %d, weight '%s' has %d for each output; choose another pattern or leave it out (except: [%s])"
              .formatted(
                  pattern.label(), pattern.second(), layer.name(), layer.size(), layer.name()));
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST when all of a layer would become zero
   */
  static void leavesSome(SparsityOptions options, Prunable layer, double share) {
    if (empties(options.pattern(), layer, share)) {
      throw bad(
          "a ratio of %s leaves weight '%s' empty, which has %d %s; give a smaller one or leave it out (except: [%s])"
              .formatted(
                  options.ratio(),
                  layer.name(),
                  parts(options.pattern(), layer),
                  options.pattern().kind() == Pattern.Kind.SINGLE ? "elements" : "groups of them",
                  layer.name()));
    }
  }

  /** Whether all of a layer would become zero. */
  static boolean empties(Pattern pattern, Prunable layer, double share) {
    long parts = parts(pattern, layer);
    return pattern.kind() != Pattern.Kind.N_OF_M && Math.round(share * parts) >= parts;
  }

  /** What becomes zero or not as a whole. */
  private static long parts(Pattern pattern, Prunable layer) {
    return switch (pattern.kind()) {
      case SINGLE, N_OF_M -> layer.elements();
      case ROW -> layer.rows().count();
      case BLOCK ->
          blocks(layer.rows().perGroup(), pattern.first()) * blocks(layer.size(), pattern.second());
    };
  }

  private static long blocks(long length, int of) {
    return (length + of - 1) / of;
  }

  static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
