/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import com.google.protobuf.UnsafeByteOperations;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Payload;
import dev.sagui.quantize.WeightGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A layer's weights as int8, symmetric, with a scale for each output channel: w ≈ scale · q. */
final class IntegerWeights {
  /** A bias is an int32 of steps scale · input's scale; this leaves it a bit of headroom. */
  private static final double MAX_BIAS_STEPS = 1 << 30;

  private final float[] scales;
  private final Payload levels;

  private IntegerWeights(float[] scales, Payload levels) {
    this.scales = scales;
    this.levels = levels;
  }

  /**
   * @param scales one a channel
   * @param levels in the order of the weights; belong to this from here on
   */
  static IntegerWeights of(float[] scales, byte[] levels) {
    return new IntegerWeights(scales, Payload.of(UnsafeByteOperations.unsafeWrap(levels)));
  }

  /**
   * Weights rounded to the nearest.
   *
   * @param bias one a channel, or empty
   * @param inputScale of the activations that the weights meet
   */
  static IntegerWeights of(LayerRows rows, WeightGrid grid, double[] bias, float inputScale) {
    float[] scales = new float[rows.outputs()];
    byte[] levels = new byte[rows.values().length];
    for (int r = 0; r < scales.length; r++) {
      float[] row = rows.row(r);
      double least = bias.length == 0 ? 0 : Math.abs(bias[r]) / (inputScale * MAX_BIAS_STEPS);
      scales[r] = grid.scale(row, (float) least, IntegerWeights::power);
      System.arraycopy(grid.nearest(row, scales[r]), 0, levels, r * row.length, row.length);
    }
    return of(scales, rows.asStored(levels));
  }

  private static double power(double[] errors) {
    double sum = 0;
    for (double error : errors) {
      sum += error * error;
    }
    return sum;
  }

  float[] scales() {
    return scales;
  }

  Payload levels() {
    return levels;
  }

  /** The same, with the levels in a file. */
  IntegerWeights onDisk(Scratch scratch) throws IOException {
    Path file = scratch.next();
    Files.write(file, levels.toByteString().toByteArray());
    return new IntegerWeights(scales, new FileSpan(file, 0, levels.bytes()));
  }

  /** Whether a bias fits int32 in steps of scale · input's scale. */
  boolean holds(double[] bias, float inputScale) {
    for (int c = 0; c < bias.length; c++) {
      if (Math.abs(bias[c]) > scales[c] * (double) inputScale * MAX_BIAS_STEPS) {
        return false;
      }
    }
    return true;
  }

  /** The bias in steps of scale · input's scale. */
  int[] bias(double[] bias, float inputScale) {
    int[] steps = new int[bias.length];
    for (int c = 0; c < steps.length; c++) {
      steps[c] = (int) Math.round(bias[c] / ((double) scales[c] * inputScale));
    }
    return steps;
  }
}
