/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class FitErrorsTest {
  private static final FitErrors.Order ALL = (one, other) -> true;

  @Test
  void theMedianIsOfSharesOfWhatWasMeasured() {
    assertEquals(0.15, errors(0.9, 1, 0.8, 1, 4, 2, 1.3, 1.3).median(), 1e-9);
  }

  @Test
  void ranksAreSpearmans() {
    assertEquals(1, ranks(errors(1, 10, 2, 20, 3, 30, 4, 40), ALL), 1e-12);
    assertEquals(-1, ranks(errors(1, 40, 2, 30, 3, 20, 4, 10), ALL), 1e-12);
    assertEquals(0.8, ranks(errors(1, 10, 3, 20, 2, 30, 4, 40), ALL), 1e-12);
  }

  @Test
  void whatWasNotToldApartIsATieHoweverItWasPredicted() {
    FitErrors swapped = errors(1, 10, 3, 20, 2, 20.1, 4, 40);
    assertEquals(1, ranks(swapped, (i, j) -> i + j != 3 || i * j == 0), 1e-12);
    assertEquals(0.8, ranks(swapped, ALL), 1e-12);
    assertEquals(OptionalDouble.empty(), swapped.rankCorrelation((i, j) -> false));
  }

  @Test
  void onePredictionForAllIsNoOrder() {
    assertEquals(0, ranks(errors(1, 10, 1, 20, 1, 30), ALL), 1e-12);
  }

  private static double ranks(FitErrors errors, FitErrors.Order order) {
    return errors.rankCorrelation(order).orElseThrow();
  }

  /** Predicted and measured in turn. */
  private static FitErrors errors(double... pairs) {
    FitErrors errors = new FitErrors();
    for (int i = 0; i < pairs.length; i += 2) {
      errors.add(pairs[i], pairs[i + 1]);
    }
    return errors;
  }
}
