/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rounds a matrix by what its inputs are: a scale for each output that costs least, then error
 * feedback. One matrix is held, [N, K] float32.
 *
 * @param byRow whether it is stored as [N, K], else as [K, N]
 * @param power E[x²] of each input
 */
@SuppressWarnings("ArrayRecordComponent")
record Int8Rounding(
    MatrixRows matrix, boolean byRow, double[] power, ErrorFeedback feedback, int levels) {
  /** Of the scale that holds the largest weight of an output. */
  private static final double[] PARTS = {1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7};

  Int8Codes codes(int zeroPoint, Scratch scratch) throws IOException {
    float[] rows = matrix.outputs(byRow);
    int inputs = power.length;
    float[] scales = new float[rows.length / inputs];
    for (int row = 0; row < scales.length; row++) {
      scales[row] = scale(rows, row * inputs);
    }
    feedback.replace(
        rows,
        (value, row, column) -> {
          double steps = Math.rint(value / scales[row]);
          return Math.max(-levels, Math.min(levels, steps)) * scales[row];
        });
    byte[] codes = new byte[rows.length];
    for (int row = 0; row < scales.length; row++) {
      for (int column = 0; column < inputs; column++) {
        int at = byRow ? row * inputs + column : column * scales.length + row;
        codes[at] = (byte) (Math.round(rows[row * inputs + column] / scales[row]) + zeroPoint);
      }
    }
    Path file = scratch.next();
    Files.write(file, codes);
    return new Int8Codes(new FileSpan(file, 0, codes.length), scales);
  }

  /** Of least error, each input's counted by its power. */
  private float scale(float[] rows, int from) {
    float largest = 0;
    for (int i = 0; i < power.length; i++) {
      largest = Math.max(largest, Math.abs(rows[from + i]));
    }
    float best = Math.max(largest / levels, Float.MIN_NORMAL);
    double least = Double.POSITIVE_INFINITY;
    for (double part : PARTS) {
      float scale = (float) Math.max(part * largest / levels, Float.MIN_NORMAL);
      double cost = cost(rows, from, scale);
      if (cost < least) {
        least = cost;
        best = scale;
      }
    }
    return best;
  }

  private double cost(float[] rows, int from, float scale) {
    double cost = 0;
    for (int i = 0; i < power.length; i++) {
      double steps = Math.rint(rows[from + i] / scale);
      double off = rows[from + i] - Math.max(-levels, Math.min(levels, steps)) * scale;
      cost += power[i] * off * off;
    }
    return cost;
  }
}
