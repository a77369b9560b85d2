/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;

/** The mean over samples of how far a reading of both outputs agrees, 0 to 1. */
final class QuantizeShares implements QuantizeMeasure {
  private static final float THRESHOLD = 0.3f; // of PP-OCR's own post-processing of its maps

  private final String name;
  private final String format;
  private final ToDoubleBiFunction<Tensor, Tensor> agreement;
  private double sum;
  private int count;

  private QuantizeShares(String name, String format, ToDoubleBiFunction<Tensor, Tensor> agreement) {
    this.name = name;
    this.format = format;
    this.agreement = agreement;
  }

  /** Lines read the same; outputs [1, T, V]. */
  static QuantizeShares lines() {
    return new QuantizeShares("lines", "%s %.3f", (a, b) -> line(a).equals(line(b)) ? 1 : 0);
  }

  /** Labels that are equal; outputs [1, C]. */
  static QuantizeShares labels() {
    return new QuantizeShares(
        "labels",
        "%s %.3f",
        (a, b) -> likeliest(a.floats(), 0, a) == likeliest(b.floats(), 0, b) ? 1 : 0);
  }

  /** Intersection over union of what lies above the threshold; outputs [1, 1, H, W]. */
  static QuantizeShares maps() {
    return new QuantizeShares("IoU", "%s %.3f", (a, b) -> overlap(a.floats(), b.floats()));
  }

  @Override
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    sum += agreement.applyAsDouble(reference.get(0), candidate.get(0));
    count++;
  }

  @Override
  public QuantizeOwn own() {
    double value = sum / count;
    return QuantizeOwn.highest(name, value, String.format(Locale.ROOT, format, name, value));
  }

  /** Greedy CTC: the likeliest class of each step, repeats merged, the blank 0 left out. */
  static List<Integer> line(Tensor output) {
    float[] values = output.floats();
    long[] shape = output.shapeArray();
    List<Integer> line = new ArrayList<>();
    int last = 0;
    for (int step = 0; step < shape[1]; step++) {
      int top = likeliest(values, step, output);
      if (top != 0 && top != last) {
        line.add(top);
      }
      last = top;
    }
    return line;
  }

  /** The place of the largest of the last axis' values in one row. */
  private static int likeliest(float[] values, int row, Tensor of) {
    int width = Math.toIntExact(of.shape().get(of.shape().size() - 1));
    int top = 0;
    for (int i = 1; i < width; i++) {
      top = values[row * width + i] > values[row * width + top] ? i : top;
    }
    return top;
  }

  static double overlap(float[] a, float[] b) {
    int both = 0;
    int either = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] > THRESHOLD && b[i] > THRESHOLD ? 1 : 0;
      either += a[i] > THRESHOLD || b[i] > THRESHOLD ? 1 : 0;
    }
    return either == 0 ? 1 : (double) both / either;
  }
}
