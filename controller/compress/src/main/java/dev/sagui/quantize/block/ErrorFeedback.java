/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/**
 * How the error of one input's weights is put right by the weights of later inputs: the rows of U
 * with H⁻¹ = Uᵀ·U, H the inputs' second moments (GPTQ, algorithm 1).
 *
 * <p>U is the inverse of the upper R with H = R·Rᵀ, so H is never inverted as such.
 */
final class ErrorFeedback {
  /** Of the mean of H's diagonal, added to it; GPTQ's own 0.01. */
  private static final float DAMPING = 0.01f;

  private final float[][] rows;

  private ErrorFeedback(float[][] rows) {
    this.rows = rows;
  }

  /**
   * @param moments upper triangle of a [K, K] matrix; overwritten
   */
  static ErrorFeedback of(float[][] moments) {
    damp(moments);
    factor(moments);
    invert(moments);
    return new ErrorFeedback(moments);
  }

  /** What the input {@code from}'s error, divided by the diagonal, takes from each later input. */
  float[] row(int from) {
    return rows[from];
  }

  private static void damp(float[][] h) {
    double trace = 0;
    for (int i = 0; i < h.length; i++) {
      trace += h[i][i];
    }
    float more = (float) (trace / h.length * DAMPING);
    if (!(more > 0 && Float.isFinite(more))) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "a layer's inputs are all zero or not finite on the samples; give samples as the model"
              + " meets them, or choose a method without data");
    }
    for (int i = 0; i < h.length; i++) {
      h[i][i] += more;
    }
  }

  /** H = R·Rᵀ in place, from the last input to the first. */
  private static void factor(float[][] h) {
    for (int j = h.length - 1; j >= 0; j--) {
      float[] pivot = h[j];
      float diagonal = (float) Math.sqrt(Math.max(1e-12, pivot[j] - dot(pivot, pivot, j + 1)));
      pivot[j] = diagonal;
      for (int i = 0; i < j; i++) {
        h[i][j] = (h[i][j] - dot(h[i], pivot, j + 1)) / diagonal;
      }
    }
  }

  /** Eight sums, since Java adds floats in the order given and would wait for each. */
  private static float dot(float[] a, float[] b, int from) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int k = from;
    for (; k + 8 <= a.length; k += 8) {
      s0 += a[k] * b[k];
      s1 += a[k + 1] * b[k + 1];
      s2 += a[k + 2] * b[k + 2];
      s3 += a[k + 3] * b[k + 3];
      s4 += a[k + 4] * b[k + 4];
      s5 += a[k + 5] * b[k + 5];
      s6 += a[k + 6] * b[k + 6];
      s7 += a[k + 7] * b[k + 7];
    }
    for (; k < a.length; k++) {
      s0 += a[k] * b[k];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** R⁻¹ in place, row by row from the last. */
  private static void invert(float[][] r) {
    float[] sum = new float[r.length];
    for (int i = r.length - 1; i >= 0; i--) {
      float[] row = r[i];
      java.util.Arrays.fill(sum, i, r.length, 0);
      for (int k = i + 1; k < r.length; k++) {
        subtract(row[k], r[k], sum, k);
      }
      float inverse = 1 / row[i];
      row[i] = inverse;
      for (int j = i + 1; j < r.length; j++) {
        row[j] = sum[j] * inverse;
      }
    }
  }

  /** into −= factor · row. */
  static void subtract(float factor, float[] row, float[] into, int from) {
    for (int i = from; i < into.length; i++) {
      into[i] -= factor * row[i];
    }
  }
}
