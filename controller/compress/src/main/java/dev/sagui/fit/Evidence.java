/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is known of the variants for one device before more of them are measured there.
 *
 * @param reference the model as it came
 * @param usable without what does not run there
 */
record Evidence(
    Wish wish, Preference preference, Attempt reference, List<Attempt> usable, DeviceTime time) {
  Evidence {
    usable = List.copyOf(usable);
  }

  Decision decision() {
    return Decision.of(wish, time, preference, usable);
  }

  /** What is to be measured next: the best first, then its rivals; none once the best was. */
  List<Attempt> unmeasured() {
    Decision decision = decision();
    if (time.measured(decision.best()).isPresent()) {
      return List.of();
    }
    return Stream.concat(Stream.of(decision.best()), decision.rivals().stream())
        .distinct()
        .filter(attempt -> time.measured(attempt).isEmpty())
        .toList();
  }

  Evidence with(Attempt attempt, DeviceBench.Measured measured) {
    DeviceTime next = time.with(reference, attempt, measured);
    return new Evidence(wish, preference, reference, usable, next);
  }

  Evidence without(Attempt attempt) {
    List<Attempt> others = usable.stream().filter(other -> !other.equals(attempt)).toList();
    return new Evidence(wish, preference, reference, others, time);
  }
}
