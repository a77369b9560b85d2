/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

/**
 * What the bytes 0 and 255 become.
 *
 * @param low of 0
 * @param high of 255
 */
public record Range(double low, double high) {
  public Range {
    if (!(low < high)) {
      throw BadData.of("expected a range LOW..HIGH, got %s..%s".formatted(low, high));
    }
  }

  /** 0..1 for floats, 0..255 for integers. */
  static Range usual(InputSlot slot) {
    return slot.isFloat() ? new Range(0, 1) : new Range(0, 255);
  }

  /**
   * @param level in 0..255, not necessarily whole
   * @param whole whether to round, for integer inputs
   */
  double of(double level, boolean whole) {
    double value = low + level / 255 * (high - low);
    return whole ? Math.rint(value) : value;
  }

  @Override
  public String toString() {
    return text(low) + ".." + text(high);
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
