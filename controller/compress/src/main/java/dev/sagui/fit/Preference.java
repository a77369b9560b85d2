/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;

/** What counts among variants that keep every limit. */
public enum Preference {
  /** The least time; of those within 3 % of it the fewest bytes. */
  SPEED,
  /** The fewest bytes; of those within 3 % of them the least time. */
  BYTES,
  /** The best quality; of the same the fewest bytes. */
  QUALITY;

  /** What a shared machine's clock, or a user, does not tell apart. */
  static final double ALIKE = 1.03;

  /**
   * @throws RejectedException BAD_REQUEST, naming those that exist
   */
  public static Preference parse(String text) {
    return Arrays.stream(values())
        .filter(value -> value.label().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "expected --prefer speed, bytes or quality, got '%s'".formatted(text)));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is to be least. */
  double cost(Attempt attempt, DeviceTime time) {
    return switch (this) {
      case SPEED -> time.rankMillis(attempt);
      case BYTES -> attempt.bytes();
      case QUALITY -> -attempt.merit();
    };
  }

  /** Orders those whose cost is alike. */
  Comparator<Attempt> then(DeviceTime time) {
    return this == BYTES
        ? Comparator.comparingDouble(time::rankMillis)
        : Comparator.comparingLong(Attempt::bytes);
  }
}
