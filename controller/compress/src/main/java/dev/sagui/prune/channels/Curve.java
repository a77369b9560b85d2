/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.List;

/**
 * What a group's widths do to the outputs when it is cut alone.
 *
 * @param widths that fall, from the full one
 * @param errors of the outputs, as shares of their power
 */
record Curve(List<Ranking.Width> widths, List<Double> errors) {
  Curve {
    widths = List.copyOf(widths);
    errors = List.copyOf(errors);
  }

  int size() {
    return widths.size();
  }

  int width(int index) {
    return widths.get(index).width();
  }
}
