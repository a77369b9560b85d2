/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.ArrayList;
import java.util.List;

/** Vectors seen at drawn positions, by the parts of a {@link LayerMap}. */
final class Rows {
  private final List<List<float[]>> parts = new ArrayList<>();

  Rows(int count) {
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
  }

  void add(int part, float[] row) {
    parts.get(part).add(row);
  }

  List<float[]> of(int part) {
    return parts.get(part);
  }
}
