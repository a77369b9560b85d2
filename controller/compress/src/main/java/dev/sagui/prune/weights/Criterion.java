/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Which weights matter least. */
public enum Criterion {
  /** Those of the least |w|; needs no samples. */
  MAGNITUDE,
  /** Of each output those of the least |w| · ‖x‖ (Sun et al., arXiv 2306.11695). */
  WANDA,
  /**
   * Those whose error the weights left make good best, which they do (Frantar and Alistarh, arXiv
   * 2301.00774).
   */
  SPARSEGPT;

  /** As recipes write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Criterion parse(String text) {
    List<String> labels = Arrays.stream(values()).map(Criterion::label).toList();
    if (!labels.contains(text)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected select of %s, got '%s'".formatted(labels, text));
    }
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
