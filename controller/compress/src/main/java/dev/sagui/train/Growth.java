/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tells weights that grow without end, which a bounded loss (after a Sigmoid, say) does not show:
 * their root mean square is a thousand times what it was, or what is usual where it was less.
 */
final class Growth {
  private static final double MOST = 1000;
  private static final double USUAL = 1;

  private final List<Parameter> trained;
  private final double[] limits;

  /**
   * @param start values before the first step
   */
  Growth(List<Parameter> trained, float[] start) {
    this.trained = List.copyOf(trained);
    this.limits =
        trained.stream()
            .mapToDouble(parameter -> MOST * Math.max(USUAL, size(parameter, start)))
            .toArray();
  }

  /** What is beyond all measure, for people. */
  Optional<String> beyond(float[] values) {
    for (int i = 0; i < limits.length; i++) {
      double size = size(trained.get(i), values);
      if (!(size <= limits[i])) {
        return Optional.of(
            "the weights of '%s' grew to %.2g".formatted(trained.get(i).name(), size));
      }
    }
    return Optional.empty();
  }

  /** Name of the parameter whose weights are largest. */
  String largest(float[] values) {
    return trained.stream()
        .max(Comparator.comparingDouble(parameter -> size(parameter, values)))
        .map(Parameter::name)
        .orElse("");
  }

  private static double size(Parameter parameter, float[] values) {
    return Math.sqrt(parameter.power(values) / Math.max(1, parameter.size()));
  }
}
