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
      scales[row] = scale(Arrays.copyOfRange(rows, row * inputs, (row + 1) * inputs));
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

  /** Of least error, each input's counted by its power. */
  private float scale(float[] row) {
    float best = Float.MIN_NORMAL;
    double least = Double.POSITIVE_INFINITY;
    for (float scale : grid.scales(row)) {
      byte[] steps = grid.nearest(row, scale);
      double cost = 0;
      for (int i = 0; i < power.length; i++) {
        double off = row[i] - (double) steps[i] * scale;
        cost += power[i] * off * off;
      }
      if (cost < least) {
        least = cost;
        best = scale;
      }
    }
    return best;
  }
}
