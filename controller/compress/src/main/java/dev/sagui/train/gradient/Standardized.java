/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.List;

/**
 * Values brought to unit variance over some axes: (x − mean)·inverse deviation.
 *
 * @param values of the input's shape
 * @param inverse of the deviation; 1 in each of the axes
 * @param axes that share a mean and a deviation
 * @param count of the elements that do
 */
record Standardized(Emitter e, String values, String inverse, long[] axes, long count) {
  /** By the mean and the deviation of the values themselves. */
  static Standardized of(Emitter e, String x, List<Long> shape, float epsilon, long... axes) {
    String mean = e.multiply(e.sum(x, true, axes), 1.0 / count(shape, axes));
    return uncentred(e, e.subtract(x, mean), shape, epsilon, axes);
  }

  /** By the root of the mean square. */
  static Standardized uncentred(
      Emitter e, String x, List<Long> shape, float epsilon, long... axes) {
    String mean = e.multiply(e.sum(e.multiply(x, x), true, axes), 1.0 / count(shape, axes));
    return by(e, x, inverse(e, mean, epsilon)).over(shape, axes);
  }

  /** By what is known; {@link #over} tells of what. */
  static Standardized by(Emitter e, String centred, String inverse) {
    return new Standardized(e, e.multiply(centred, inverse), inverse, new long[0], 1);
  }

  Standardized over(List<Long> shape, long... all) {
    return new Standardized(e, values, inverse, all, count(shape, all));
  }

  /** 1 / √(variance + epsilon). */
  static String inverse(Emitter e, String variance, float epsilon) {
    return e.node("Reciprocal", e.node("Sqrt", e.add(variance, e.scalar(epsilon))));
  }

  private static long count(List<Long> shape, long... axes) {
    long count = 1;
    for (long axis : axes) {
      count *= shape.get(LayoutRules.axis(axis, shape.size()));
    }
    return count;
  }

  /**
   * The gradient of x, where {@code g} is that of the values: what is left of it across the values
   * and, if they are centred, the ones (Ioffe and Szegedy 2015, section 3).
   */
  String back(String g, boolean centred) {
    String along = mean(e.multiply(g, values));
    String rest = e.subtract(g, e.multiply(values, along));
    return e.multiply(centred ? e.subtract(rest, mean(g)) : rest, inverse);
  }

  /** The gradient of x, where {@code dy} is that of the mean. */
  String backFromMean(String dy, List<Long> shape) {
    return e.expand(e.multiply(dy, 1.0 / count), shape);
  }

  /** The gradient of x, where {@code dy} is that of the inverse deviation. */
  String backFromInverse(String dy) {
    String each = e.multiply(e.multiply(dy, e.multiply(inverse, inverse)), -1.0 / count);
    return e.multiply(values, each);
  }

  private String mean(String value) {
    return e.multiply(e.sum(value, true, axes), 1.0 / count);
  }
}
