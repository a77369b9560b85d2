/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.quantize.gram.ErrorFeedback;
import java.util.Arrays;

/** The grids of a matrix [N, K], one for each block of each row. */
final class BlockGrids implements ErrorFeedback.Grid {
  private final int inputs;
  private final int blocks;
  private final int bits;
  private final BlockOptions options;
  private final float[] scales;
  private final byte[] zeros;

  BlockGrids(int outputs, int inputs, int bits, BlockOptions options) {
    this.inputs = inputs;
    this.blocks = PackedBlocks.blocks(inputs, options.block());
    this.bits = bits;
    this.options = options;
    this.scales = new float[outputs * blocks];
    this.zeros = new byte[outputs * blocks];
  }

  @Override
  public int width() {
    return options.block();
  }

  @Override
  public void choose(int row, int column, float[] values, float[] weights) {
    Grid grid = new Grid(bits, options.symmetric());
    int to = Math.min(inputs, column + options.block());
    grid.search(values, column, to - column, Arrays.copyOfRange(weights, column, to));
    int at = row * blocks + column / options.block();
    scales[at] = grid.scale;
    zeros[at] = (byte) grid.zero;
  }

  @Override
  public double nearest(double value, int row, int column) {
    int at = row * blocks + column / options.block();
    return Grid.nearest((float) value, scales[at], zeros[at] & 0xff, (1 << bits) - 1);
  }

  boolean isFinite() {
    for (float scale : scales) {
      if (!Float.isFinite(scale)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param rows [N, K], values of the grids
   */
  PackedBlocks packed(float[] rows) {
    int outputs = rows.length / inputs;
    PackedBlocks packed = new PackedBlocks(outputs, inputs, bits, options.block());
    Grid grid = new Grid(bits, options.symmetric());
    for (int row = 0; row < outputs; row++) {
      for (int block = 0; block < blocks; block++) {
        int from = block * options.block();
        grid.scale = scales[row * blocks + block];
        grid.zero = zeros[row * blocks + block] & 0xff;
        int count = Math.min(options.block(), inputs - from);
        packed.put(row, block, grid, rows, row * inputs + from, count);
      }
    }
    return packed;
  }
}
