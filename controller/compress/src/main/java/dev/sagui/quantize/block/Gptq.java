/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;

/**
 * Quantizes a matrix with error feedback; it is held as a whole, [N, K] float32. Inputs are taken
 * in their order, and each block's grid is chosen when the feedback of all blocks before it has
 * come in.
 */
record Gptq(MatrixRows matrix, boolean transposed, int bits, BlockOptions options) {
  /**
   * @return whether all weights are finite
   */
  boolean into(BlockFiles files, ErrorFeedback feedback) throws IOException {
    int inputs = transposed ? matrix.columns() : matrix.rows();
    int outputs = transposed ? matrix.rows() : matrix.columns();
    float[] rows = matrix.outputs(transposed);
    BlockGrids grids = new BlockGrids(outputs, inputs, bits, options);
    feedback.replace(rows, grids);
    files.append(grids.packed(rows));
    return grids.isFinite();
  }
}
