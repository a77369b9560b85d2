/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a value that is seen batch by batch, spread evenly over all: every second of those held
 * is dropped whenever there are too many.
 */
final class SpreadRows {
  private final int width;
  private final int most;
  private final List<float[]> rows = new ArrayList<>();
  private int stride = 1;
  private long seen;

  /**
   * @param width numbers in a row
   * @param most rows to hold
   */
  SpreadRows(int width, int most) {
    this.width = width;
    this.most = most;
  }

  /**
   * @param value [.., width]
   */
  void add(Tensor value) {
    FloatBuffer values = value.data().asFloatBuffer();
    for (int at = 0; at + width <= values.limit(); at += width) {
      if (seen++ % stride == 0) {
        float[] row = new float[width];
        values.get(at, row);
        rows.add(row);
        if (rows.size() == most) {
          halve();
        }
      }
    }
  }

  private void halve() {
    for (int i = 0; i < rows.size() / 2; i++) {
      rows.set(i, rows.get(2 * i));
    }
    rows.subList(most / 2, rows.size()).clear();
    stride *= 2;
  }

  float[][] rows() {
    return rows.toArray(new float[0][]);
  }
}
