/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How channels are chosen. */
public enum Selection {
  /** What costs least at the layers that take it, when all others make up for it; one by one. */
  BACKWARD,
  /** What gives most to them, one by one from none; those that come last go first. */
  FORWARD,
  /** The same cost as backward, looked at once. */
  OUTPUT_ERROR,
  /** The least varying first. */
  VARIANCE,
  /** The least absolute sum of what makes a channel. */
  L1,
  /** The least sum of squares of what makes a channel. */
  L2,
  /** Those that move least when the inputs of the model move a little (arXiv 2403.13548). */
  SENSITIVITY,
  /** What changes the outputs least when it goes, to first order (arXiv:1906.10771). */
  TAYLOR,
  /** The least scale of batch normalizations, where a model still has any (arXiv 1708.06519). */
  BN_SCALE,
  /** By a seed, to compare with. */
  RANDOM;

  /** As recipes write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Selection parse(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> all = Arrays.stream(values()).map(Selection::label).toList();
              return new RejectedException(
                  FailureCode.BAD_REQUEST, "expected select of %s, got '%s'".formatted(all, label));
            });
  }
}
