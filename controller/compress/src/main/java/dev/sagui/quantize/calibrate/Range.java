/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * The real values that a quantized tensor covers; 0 is always among them, so that it is exact
 * (Jacob et al., arXiv 1712.05877, section 2.1: padding and Relu need it).
 */
public record Range(float low, float high) {
  /** What a value has that was never seen, or was always 0. */
  public static final Range ZERO = new Range(0, 0);

  public Range {
    if (!(low <= 0 && high >= 0 && low >= -Float.MAX_VALUE && high <= Float.MAX_VALUE)) {
      throw new IllegalStateException("a range of %s..%s; this is a bug".formatted(low, high));
    }
    low = low == 0 ? 0f : low; // -0 as 0
  }

  /** The least range with 0 and both ends; an end that is NaN counts as 0, infinity as the last. */
  public static Range of(double low, double high) {
    return new Range(finite(Math.min(low, 0)), finite(Math.max(high, 0)));
  }

  private static float finite(double end) {
    float rounded = Double.isNaN(end) ? 0 : (float) end;
    return Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, rounded));
  }

  /** The least range that is the same on both sides. */
  public Range symmetric() {
    return new Range(-largest(), largest());
  }

  /** The larger of its ends' magnitudes. */
  public float largest() {
    return Math.max(-low, high);
  }

  /** For 0..255. */
  public Affine uint8() {
    return affine(256, 0);
  }

  /** For −128..127 with a zero point of its own. */
  public Affine int8() {
    return affine(256, -128);
  }

  /** For −127..127 with 0 as the zero point, which S8S8 kernels on ARM need. */
  public Affine int8Symmetric() {
    return new Affine(scale(2.0 * largest(), 255), 0);
  }

  /**
   * For integers from {@code lowest} on.
   *
   * @param levels how many integers there are
   */
  public Affine affine(int levels, int lowest) {
    float scale = scale((double) high - low, levels);
    long steps = Math.round(-low / (double) scale);
    return new Affine(scale, lowest + (int) Math.min(levels - 1, steps));
  }

  /** A range without width gives 1: there is only 0 to stand for. */
  private static float scale(double width, int levels) {
    return width == 0 ? 1 : (float) Math.max(Float.MIN_NORMAL, width / (levels - 1));
  }
}
