/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Payload;
import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The codes of a matrix in its stored order, computed while they are read: w ≈ scale · q.
 *
 * @param byRow whether scales belong to rows, else to columns
 * @param scales one a row or column
 * @param levels codes go from −levels to levels
 * @param zeroPoint added to each code
 */
record Int8Matrix(MatrixRows matrix, boolean byRow, float[] scales, int levels, int zeroPoint)
    implements Payload {
  /** 1.5 · 2²³: a float this far out has steps of 1, so adding it rounds to even. */
  private static final float ROUND = 12_582_912f;

  /** The bits of a sum less these are the rounded number. */
  private static final int ROUND_BITS = 0x4b400000;

  static Int8Matrix of(MatrixRows matrix, boolean byRow, DynamicOptions options)
      throws IOException {
    float[] scales = largest(matrix, byRow);
    if (!options.perChannel()) {
      float all = 0;
      for (float each : scales) {
        all = Math.max(all, each);
      }
      java.util.Arrays.fill(scales, all);
    }
    for (int i = 0; i < scales.length; i++) {
      scales[i] = Math.max(scales[i] / options.levels(), Float.MIN_NORMAL);
    }
    return new Int8Matrix(matrix, byRow, scales, options.levels(), options.unsigned() ? 128 : 0);
  }

  /** NaN or infinite where a weight is. */
  private static float[] largest(MatrixRows matrix, boolean byRow) throws IOException {
    float[] largest = new float[byRow ? matrix.rows() : matrix.columns()];
    matrix.forEachPart(
        (row, column, values, from, count) -> {
          if (byRow) {
            largest[row] = largest(largest[row], values, from, count);
          } else {
            raise(largest, column, values, from, count);
          }
        });
    return largest;
  }

  /** By their bits magnitudes are ordered as integers are, with NaN at the end. */
  private static float largest(float start, float[] values, int from, int count) {
    int largest = Float.floatToRawIntBits(start);
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7fffffff);
    }
    return Float.intBitsToFloat(largest);
  }

  private static void raise(float[] largest, int column, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      largest[column + i] = Math.max(largest[column + i], Math.abs(values[from + i]));
    }
  }

  Int8Codes codes() {
    return new Int8Codes(this, scales);
  }

  @Override
  public long bytes() {
    return matrix.payload().bytes() / Float.BYTES;
  }

  @Override
  public void read(Sink sink) throws IOException {
    float[] inverse = new float[scales.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / scales[i];
    }
    byte[] codes = new byte[BLOCK_BYTES];
    int[] filled = {0};
    matrix.forEachPart(
        (row, column, values, from, count) -> {
          int done = 0;
          while (done < count) {
            int run = Math.min(count - done, codes.length - filled[0]);
            if (byRow) {
              quantizeRow(values, from + done, run, inverse[row], codes, filled[0]);
            } else {
              quantize(values, from + done, run, inverse, column + done, codes, filled[0]);
            }
            done += run;
            filled[0] += run;
            if (filled[0] == codes.length) {
              sink.accept(ByteBuffer.wrap(codes));
              filled[0] = 0;
            }
          }
        });
    if (filled[0] > 0) {
      sink.accept(ByteBuffer.wrap(codes, 0, filled[0]));
    }
  }

  private void quantizeRow(
      float[] values, int from, int count, float inverse, byte[] codes, int into) {
    for (int i = 0; i < count; i++) {
      codes[into + i] = code(values[from + i] * inverse);
    }
  }

  private void quantize(
      float[] values, int from, int count, float[] inverse, int column, byte[] codes, int into) {
    for (int i = 0; i < count; i++) {
      codes[into + i] = code(values[from + i] * inverse[column + i]);
    }
  }

  /** {@code steps} is within levels but for rounding, for the scale is of the largest value. */
  private byte code(float steps) {
    int rounded = Float.floatToRawIntBits(steps + ROUND) - ROUND_BITS;
    return (byte) (Math.max(-levels, Math.min(levels, rounded)) + zeroPoint);
  }
}
