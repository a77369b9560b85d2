/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import java.util.Set;

/**
 * How many weights become zero, and which.
 *
 * @param ratio share of zeros, from 0 to below 1
 * @param rounds in which zeros are added, fewer from one to the next (Zhu and Gupta, arXiv
 *     1710.01878), each with a repair; 1 for all at once
 * @param except names of weights that stay as they are
 */
public record SparsityOptions(
    double ratio,
    Criterion criterion,
    Scope scope,
    Pattern pattern,
    Repair repair,
    int rounds,
    Set<String> except) {
  public SparsityOptions {
    except = Set.copyOf(except);
  }

  /** Whether it runs the model on samples. */
  public boolean looksAtSamples() {
    return looksAtInputs() || scope == Scope.SENSITIVITY;
  }

  /** Whether it has to see what layers multiply their weights with. */
  boolean looksAtInputs() {
    return criterion != Criterion.MAGNITUDE || repair != Repair.NONE;
  }
}
