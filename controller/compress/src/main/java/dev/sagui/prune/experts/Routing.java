/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the experts of a row are chosen. */
public enum Routing {
  /** By what ridge regression on the block's input says that each expert will add. */
  LEAST_SQUARES,
  /** By random directions, and neurons at random: what the choice itself is worth. */
  RANDOM;

  /** As recipes name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What recipes can name. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Routing::label).toList();
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Routing parse(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "expected router of %s, got '%s'".formatted(labels(), label)));
  }
}
