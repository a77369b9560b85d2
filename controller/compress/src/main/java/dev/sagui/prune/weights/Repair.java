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

/** What becomes of the weights that are left, without training. */
public enum Repair {
  NONE,
  /** The bias takes the mean of what was lost (DFQ, arXiv 1906.04721, section 4.2). */
  BIAS,
  /** They become those of the least squared error at the layer's output, and the bias with them. */
  LEAST_SQUARES;

  /** As recipes write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Repair parse(String text) {
    List<String> labels = Arrays.stream(values()).map(Repair::label).toList();
    if (!labels.contains(text)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected repair of %s, got '%s'".formatted(labels, text));
    }
    return values()[labels.indexOf(text)];
  }
}
