/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;

/**
 * Quantizes a matrix to scratch files, its blocks along the inputs.
 *
 * @param transposed whether the matrix is stored as [N, K], else as [K, N]
 * @param importance of each input; empty when not known
 */
record BlockRounding(
    MatrixRows matrix, boolean transposed, int bits, BlockOptions options, float[] importance) {
  /** Packed bytes that are held at most when a matrix [K, N] is turned. */
  private static final int MAX_HELD_BYTES = 64 << 20;

  private static final int MAX_BAND_VALUES = 1 << 16;

  /**
   * @return whether all weights are finite; the files are of no use otherwise
   */
  boolean into(BlockFiles files) throws IOException {
    return transposed ? rows(files) : columns(files);
  }

  private BlockChoice choice(Grid grid) {
    return new BlockChoice(options.method(), grid);
  }

  private float[] importance(int from, int count) {
    return importance.length == 0
        ? importance
        : java.util.Arrays.copyOfRange(importance, from, from + count);
  }

  private boolean rows(BlockFiles files) throws IOException {
    int inputs = matrix.columns();
    int height = Math.max(1, MAX_BAND_VALUES / inputs);
    Grid grid = new Grid(bits, options.symmetric());
    BlockChoice choice = choice(grid);
    boolean[] finite = {true};
    matrix.forEachBand(
        height,
        (first, rows, band) -> {
          PackedBlocks packed = new PackedBlocks(rows, inputs, bits, options.block());
          for (int row = 0; row < rows; row++) {
            for (int k = 0; k < inputs; k += options.block()) {
              int count = Math.min(options.block(), inputs - k);
              choice.choose(band, row * inputs + k, count, importance(k, count));
              packed.put(row, k / options.block(), grid, band, row * inputs + k, count);
            }
          }
          finite[0] &= isFinite(packed.scales);
          files.append(packed);
        });
    return finite[0];
  }

  /** Strip by strip of outputs, so that what is held has a bound. */
  private boolean columns(BlockFiles files) throws IOException {
    int inputs = matrix.rows();
    int perOutput = PackedBlocks.blocks(inputs, options.block()) * (options.block() * bits / 8 + 5);
    int width = Math.max(1, Math.min(matrix.columns(), MAX_HELD_BYTES / perOutput));
    boolean finite = true;
    for (int from = 0; from < matrix.columns(); from += width) {
      int outputs = Math.min(width, matrix.columns() - from);
      PackedBlocks packed = new PackedBlocks(outputs, inputs, bits, options.block());
      strip(packed, from, outputs);
      finite &= isFinite(packed.scales);
      files.append(packed);
    }
    return finite;
  }

  private void strip(PackedBlocks packed, int from, int outputs) throws IOException {
    Grid grid = new Grid(bits, options.symmetric());
    BlockChoice choice = choice(grid);
    float[] values = new float[options.block()];
    matrix.forEachBand(
        options.block(),
        (first, rows, band) -> {
          float[] weights = importance(first, rows);
          for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < rows; k++) {
              values[k] = band[k * matrix.columns() + from + n];
            }
            choice.choose(values, 0, rows, weights);
            packed.put(n, first / options.block(), grid, values, 0, rows);
          }
        });
  }

  private static boolean isFinite(float[] scales) {
    for (float scale : scales) {
      if (!Float.isFinite(scale)) {
        return false;
      }
    }
    return true;
  }
}
