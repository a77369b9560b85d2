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

/** Within what the share of zeros holds. */
public enum Scope {
  /** Every layer loses the same share. */
  LAYER,
  /** One threshold of |w| for all layers, so that those of small weights lose more. */
  GLOBAL,
  /** Each layer loses the share that does the outputs least harm, the layers together theirs. */
  SENSITIVITY;

  /** As recipes write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Scope parse(String text) {
    List<String> labels = Arrays.stream(values()).map(Scope::label).toList();
    if (!labels.contains(text)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected scope of %s, got '%s'".formatted(labels, text));
    }
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
