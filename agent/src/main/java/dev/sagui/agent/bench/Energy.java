/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import java.util.OptionalDouble;

/**
 * Joules that the board took since it was begun: of a counter where there is one, else of power
 * that is looked at now and then.
 */
final class Energy {
  private final Board board;
  private final OptionalDouble counted;
  private double watts;
  private int looks;

  Energy(Board board) {
    this.board = board;
    this.counted = board.joules();
  }

  /** Looks at the power, which takes a few milliseconds: between runs. */
  void look() {
    if (counted.isEmpty()) {
      board
          .watts()
          .ifPresent(
              now -> {
                watts += now;
                looks++;
              });
    }
  }

  /**
   * @param seconds since it was begun
   * @return empty where the board does not tell, or its counter began anew
   */
  OptionalDouble joules(double seconds) {
    if (counted.isPresent()) {
      double taken = board.joules().orElse(-1) - counted.getAsDouble();
      return taken >= 0 ? OptionalDouble.of(taken) : OptionalDouble.empty();
    }
    return looks > 0 ? OptionalDouble.of(watts / looks * seconds) : OptionalDouble.empty();
  }
}
