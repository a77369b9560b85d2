/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

/**
 * What became of one weight.
 *
 * @param zeros among its elements, those that were there before included
 * @param criterion by which they were chosen
 * @param reason why it was left as it is; empty when it was pruned
 */
public record PrunedWeight(
    String name, long elements, long zeros, String criterion, String reason) {
  /** Share of its elements that are not zero. */
  public double density() {
    return elements == 0 ? 1 : 1 - (double) zeros / elements;
  }

  public boolean pruned() {
    return reason.isEmpty();
  }
}
