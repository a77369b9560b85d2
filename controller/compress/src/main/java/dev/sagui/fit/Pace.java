/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How many seconds candidates take to make: what the last of the same form took, else a usual
 * multiple of what measuring the model as it came took.
 */
final class Pace {
  /** Seen on generators, super-resolution and text detection. */
  private static final Map<String, Double> USUAL =
      Map.of(
          Candidate.INT8,
          1.8,
          Candidate.STRICT,
          1.8,
          Candidate.STORED,
          0.8,
          "fp16-stored",
          0.7,
          Candidate.MIXED,
          1.3,
          "int4",
          0.8);

  private static final double USUAL_PRUNING = 5;

  private final double asItCame;
  private final Duration distill;
  private final Map<String, Double> made = new HashMap<>();
  private final Map<Cut, Double> begun = new HashMap<>();

  /**
   * @param asItCame seconds that measuring the model took before anything was done to it
   * @param distill that each student may learn
   */
  Pace(double asItCame, Duration distill) {
    this.asItCame = asItCame;
    this.distill = distill;
  }

  /** A cut was made in that time, and need not be again. */
  void begun(Cut cut, double seconds) {
    begun.merge(cut, seconds, Math::max); // the second time it is there already
  }

  /** The rest of a candidate was made and measured. */
  void made(Candidate candidate, double seconds) {
    made.put(candidate.form(), seconds);
  }

  double expectedSeconds(Candidate candidate) {
    double rest =
        Optional.ofNullable(made.get(candidate.form()))
            .orElseGet(() -> USUAL.getOrDefault(candidate.form(), 2.0) * asItCame);
    return beginning(candidate.cut()) + rest;
  }

  private double beginning(Cut cut) {
    if (cut.isNone() || begun.containsKey(cut)) {
      return 0;
    }
    return seconds(cut.kind())
        .orElseGet(
            () -> seconds(Cut.Kind.CHANNELS).orElse(USUAL_PRUNING * asItCame) + learning(cut));
  }

  /** The longest that a cut of the kind took. */
  private OptionalDouble seconds(Cut.Kind kind) {
    return begun.entrySet().stream()
        .filter(e -> e.getKey().kind() == kind)
        .mapToDouble(Map.Entry::getValue)
        .max();
  }

  private double learning(Cut cut) {
    return cut.kind() == Cut.Kind.DISTILLED ? distill.toMillis() / 1e3 : 0;
  }
}
