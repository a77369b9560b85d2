/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

import java.util.List;

/** What each format of a layer costs; at least one. */
public record Sensitivity(String layer, List<Candidate> candidates) {
  public Sensitivity {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalStateException("'" + layer + "' has no candidates; this is a bug");
    }
  }
}
