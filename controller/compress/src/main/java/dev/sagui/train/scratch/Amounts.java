/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import java.util.ArrayList;
import java.util.List;

/** Values of a net's keys. */
final class Amounts {
  private Amounts() {}

  /** A whole number from {@code least} to {@code most}. */
  static int whole(Keys keys, String key, int otherwise, int least, int most) {
    long value = keys.whole(key, otherwise, least);
    if (value > most) {
      throw keys.wrong(key, "a whole number of %d to %d".formatted(least, most), value);
    }
    return (int) value;
  }

  static boolean flag(Keys keys, String key, boolean otherwise) {
    Object value = keys.find(key).orElse(otherwise);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw keys.wrong(key, "true or false", value);
  }

  /** Widths of layers, as many as {@code otherwise} has. */
  static List<Long> widths(Keys keys, String key, List<Long> otherwise, int most) {
    Object value = keys.find(key).orElse(otherwise);
    List<Long> widths = new ArrayList<>();
    if (value instanceof List<?> given) {
      for (Object width : given) {
        if (width instanceof Number number
            && number.longValue() >= 1
            && number.longValue() <= most) {
          widths.add(number.longValue());
        }
      }
      if (widths.size() == given.size() && widths.size() == otherwise.size()) {
        return widths;
      }
    }
    throw keys.wrong(key, "%d whole numbers of 1 to %d".formatted(otherwise.size(), most), value);
  }
}
