/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Reads a float32 matrix, stored row by row, without holding all of it. */
public record MatrixRows(Payload payload, int columns) {
  /** Takes part of a row. */
  @FunctionalInterface
  public interface Parts {
    /**
     * @param column of the first value
     * @param values from {@code from}, {@code count} of them; valid during the call only
     */
    void accept(int row, int column, float[] values, int from, int count) throws IOException;
  }

  /** Takes a band of whole rows. */
  @FunctionalInterface
  public interface Bands {
    /**
     * @param band {@code [rows, columns]}, perhaps followed by what does not count; valid during
     *     the call only
     */
    void accept(int firstRow, int rows, float[] band) throws IOException;
  }

  public int rows() {
    return Math.toIntExact(payload.bytes() / Float.BYTES / columns);
  }

  /**
   * The matrix with its inputs multiplied.
   *
   * @param byOutput whether it is stored as [N, K], else as [K, N]
   * @param factors one for each input; empty for none
   */
  public MatrixRows scaled(boolean byOutput, double[] factors) {
    return factors.length == 0
        ? this
        : new MatrixRows(new ScaledInputs(payload, columns, byOutput, factors), columns);
  }

  /** All values in order, each part as long as the block that was read and the row allow. */
  public void forEachPart(Parts parts) throws IOException {
    float[] values = new float[Payload.BLOCK_BYTES / Float.BYTES];
    long[] at = {0};
    payload.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          int count = floats.remaining();
          floats.get(values, 0, count);
          for (int i = 0; i < count; ) {
            int column = (int) (at[0] % columns);
            int run = Math.min(count - i, columns - column);
            parts.accept((int) (at[0] / columns), column, values, i, run);
            i += run;
            at[0] += run;
          }
        });
  }

  /**
   * All values, [N, K] row by row.
   *
   * @param byOutput whether the matrix is stored so, else as [K, N]
   */
  public float[] outputs(boolean byOutput) throws IOException {
    int height = rows();
    float[] outputs = new float[Math.multiplyExact(height, columns)];
    forEachPart(
        (row, column, values, from, count) -> {
          if (byOutput) {
            System.arraycopy(values, from, outputs, row * columns + column, count);
            return;
          }
          for (int i = 0; i < count; i++) {
            outputs[(column + i) * height + row] = values[from + i];
          }
        });
    return outputs;
  }

  /** Bands of {@code height} rows, the last perhaps fewer. */
  public void forEachBand(int height, Bands bands) throws IOException {
    int rows = rows();
    float[] band = new float[Math.multiplyExact(Math.min(height, rows), columns)];
    forEachPart(
        (row, column, values, from, count) -> {
          int inside = row % height;
          System.arraycopy(values, from, band, inside * columns + column, count);
          boolean last = inside == height - 1 || row == rows - 1;
          if (last && column + count == columns) {
            bands.accept(row - inside, inside + 1, band);
          }
        });
  }
}
