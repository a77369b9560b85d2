/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;

/**
 * Quantizes a matrix with error feedback; it is held as a whole, [K, N] float32. Blocks are taken
 * in the order of the inputs, so that kernels need no index of groups, and each block's grid is
 * chosen when the feedback of all blocks before it has come in.
 */
record Gptq(MatrixRows matrix, boolean transposed, int bits, BlockOptions options) {
  /**
   * @return whether all weights are finite
   */
  boolean into(BlockFiles files, ErrorFeedback feedback) throws IOException {
    float[][] weights = load();
    int inputs = weights.length;
    int outputs = weights[0].length;
    PackedBlocks packed = new PackedBlocks(outputs, inputs, bits, options.block());
    for (int from = 0; from < inputs; from += options.block()) {
      int count = Math.min(options.block(), inputs - from);
      float[][] errors = block(weights, from, count, packed, feedback);
      for (int j = from + count; j < inputs; j++) {
        for (int k = 0; k < count; k++) {
          ErrorFeedback.subtract(feedback.row(from + k)[j], errors[k], weights[j], 0);
        }
      }
    }
    files.append(packed);
    for (float scale : packed.scales) {
      if (!Float.isFinite(scale)) {
        return false;
      }
    }
    return true;
  }

  private float[][] load() throws IOException {
    int inputs = transposed ? matrix.columns() : matrix.rows();
    int outputs = transposed ? matrix.rows() : matrix.columns();
    float[][] weights = new float[inputs][outputs];
    matrix.forEachPart(
        (row, column, values, from, count) -> {
          if (!transposed) {
            System.arraycopy(values, from, weights[row], column, count);
            return;
          }
          for (int i = 0; i < count; i++) {
            weights[column + i][row] = values[from + i];
          }
        });
    return weights;
  }

  /** The errors of the block's inputs, [count, N], divided by the diagonal. */
  private float[][] block(
      float[][] weights, int from, int count, PackedBlocks packed, ErrorFeedback feedback) {
    int outputs = weights[0].length;
    float[][] errors = new float[count][outputs];
    Grid grid = new Grid(bits, options.symmetric());
    BlockChoice choice = new BlockChoice(options.method(), grid);
    float[] values = new float[count];
    for (int n = 0; n < outputs; n++) {
      for (int k = 0; k < count; k++) {
        values[k] = weights[from + k][n];
      }
      choice.choose(values, 0, count, new float[0]);
      for (int k = 0; k < count; k++) {
        float[] row = feedback.row(from + k);
        float error = (values[k] - grid.value(grid.code(values[k]))) / row[from + k];
        errors[k][n] = error;
        values[k] = grid.value(grid.code(values[k]));
        for (int j = k + 1; j < count; j++) {
          values[j] -= error * row[from + j];
        }
      }
      packed.put(n, from / options.block(), grid, values, 0, count);
    }
    return errors;
  }
}
