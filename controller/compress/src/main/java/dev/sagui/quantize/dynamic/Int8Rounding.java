/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Rounds a matrix by what its inputs are: a scale for each output that costs least, then error
 * feedback. One matrix is held, [N, K] float32.
 *
 * @param byRow whether it is stored as [N, K], else as [K, N]
 * @param power E[x²] of each input
 */
@SuppressWarnings("ArrayRecordComponent")
record Int8Rounding(
    MatrixRows matrix, boolean byRow, double[] power, ErrorFeedback feedback, WeightGrid grid) {
  Int8Codes codes(int zeroPoint, Scratch scratch) throws IOException {
    float[] rows = matrix.outputs(byRow);
    int inputs = power.length;
    float[] scales = new float[rows.length / inputs];
    byte[][] steps = new byte[scales.length][inputs];
    for (int row = 0; row < scales.length; row++) {
      float[] weights = Arrays.copyOfRange(rows, row * inputs, (row + 1) * inputs);
      scales[row] = grid.scale(weights, 0, this::cost);
      Arrays.fill(steps[row], WeightGrid.OPEN);
    }
    feedback.replace(
        rows,
        (value, row, column) -> {
          steps[row][column] = (byte) grid.nearest(value / scales[row], column, steps[row]);
          return (double) steps[row][column] * scales[row];
        });
    byte[] codes = new byte[rows.length];
    for (int row = 0; row < scales.length; row++) {
      for (int column = 0; column < inputs; column++) {
        int at = byRow ? row * inputs + column : column * scales.length + row;
        codes[at] = (byte) (steps[row][column] + zeroPoint);
      }
    }
    Path file = scratch.next();
    Files.write(file, codes);
    return new Int8Codes(new FileSpan(file, 0, codes.length), scales);
  }

  /** Each input's error counts by its power. */
  private double cost(double[] off) {
    double cost = 0;
    for (int i = 0; i < power.length; i++) {
      cost += power[i] * off[i] * off[i];
    }
    return cost;
  }
}
