/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/**
 * Into how many experts a block is split, and how many of them a row computes.
 *
 * @param count of experts, all of one size
 * @param active for each row
 * @param routing how they are chosen
 */
public record ExpertOptions(int count, int active, Routing routing) {
  private static final int MOST = 256;

  /**
   * @throws RejectedException BAD_REQUEST for numbers that make no sense
   */
  public ExpertOptions {
    if (count < 2 || count > MOST) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected 2 to %d experts under 'count', got %d".formatted(MOST, count));
    }
    if (active < 1 || active > count) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected 1 to %d active experts, as there are %d, got %d"
              .formatted(count, count, active));
    }
  }

  /** Hidden neurons of one expert. */
  int size(FeedForward block) {
    if (block.width() % count != 0) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "%d experts of one size do not divide the %d hidden neurons of %s; choose a count that does"
              .formatted(count, block.width(), block.name()));
    }
    return block.width() / count;
  }
}
