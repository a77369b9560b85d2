/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import dev.sagui.onnx.Half;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a value of the graph was over all samples, in memory that does not grow with them. NaN and
 * infinite elements are counted and else left out. One thread.
 */
public final class TensorStatistics {
  private final Scan scan;
  private final Histogram histogram = new Histogram();
  private long count;
  private long zeros;
  private long notFinite;
  private float min = Float.POSITIVE_INFINITY;
  private float max = Float.NEGATIVE_INFINITY;
  private long samples;
  private double lows;
  private double highs;

  public TensorStatistics() {
    this(new Scan());
  }

  /**
   * @param scan shared by statistics of one thread
   */
  TensorStatistics(Scan scan) {
    this.scan = scan;
  }

  /** Whether elements of that type are counted: floating point. */
  static boolean reads(DataType type) {
    return type == DataType.FP32 || type == DataType.FP16 || type == DataType.FP64;
  }

  /**
   * Adds a batch.
   *
   * @param values FP32, FP16 or FP64, of any shape
   * @param slices how many samples lie one after the other in it; 1 when that is not known
   */
  public void add(Tensor values, int slices) {
    ByteBuffer data = singles(values);
    int elements = data.remaining() / Float.BYTES;
    int parts = slices > 0 && elements % slices == 0 ? slices : 1;
    for (int i = 0; i < parts; i++) {
      int from = i * (elements / parts) * Float.BYTES;
      int bytes = elements / parts * Float.BYTES;
      addSample(data.slice(from, bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  private void addSample(ByteBuffer data) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    while (scan.next(data)) {
      notFinite += scan.notFinite();
      if (scan.count() > 0) {
        histogram.cover(scan.low(), scan.high());
        histogram.add(scan.values(), scan.count());
        count += scan.count();
        zeros += scan.zeros();
        low = Math.min(low, scan.low());
        high = Math.max(high, scan.high());
      }
    }
    if (low <= high) {
      min = Math.min(min, low);
      max = Math.max(max, high);
      lows += low;
      highs += high;
      samples++;
    }
  }

  private static ByteBuffer singles(Tensor values) {
    ByteBuffer data = values.data();
    if (values.type() == DataType.FP32) {
      return data;
    }
    int elements = data.remaining() / values.type().bytes();
    ByteBuffer singles = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      switch (values.type()) {
        case FP16 -> singles.putFloat(Half.toFloat(data.getShort()));
        case FP64 -> singles.putFloat((float) data.getDouble());
        default ->
            throw new IllegalStateException(values.type() + " is not calibrated; this is a bug");
      }
    }
    return singles.flip();
  }

  /** Finite elements. */
  public long count() {
    return count;
  }

  /** Elements that are 0. */
  public long zeros() {
    return zeros;
  }

  /** Elements that are NaN or infinite. */
  public long notFinite() {
    return notFinite;
  }

  /** The lowest finite element; 0 when there was none. */
  public float min() {
    return count == 0 ? 0 : min;
  }

  /** The highest finite element; 0 when there was none. */
  public float max() {
    return count == 0 ? 0 : max;
  }

  /** Whether two finite elements differ. */
  public boolean varies() {
    return count > 0 && min < max;
  }

  /**
   * The range to quantize.
   *
   * @param levels integers that the quantized type has, 256 for 8 bits
   * @param symmetric for a type without a zero point; the range is the same on both sides
   */
  public Range range(RangeMethod method, int levels, boolean symmetric) {
    if (count == 0) {
      return Range.ZERO;
    }
    Density density = new Density(histogram, count, zeros, min, max);
    Range range =
        switch (method) {
          case MINMAX -> Range.of(min, max);
          case MOVING_AVERAGE -> Range.of(lows / samples, highs / samples);
          case PERCENTILE -> density.middle(0.9999);
          case PERCENTILE_99_9 -> density.middle(0.999);
          case PERCENTILE_99_999 -> density.middle(0.99999);
          case ENTROPY -> Entropy.range(density, levels);
          case MSE -> SquaredError.range(density, levels, symmetric);
          case OCTAV -> Octav.range(density, levels, symmetric);
        };
    return symmetric ? range.symmetric() : range;
  }

  /** The mean squared error of quantizing what was seen to {@code range}, by the histogram. */
  public double squaredError(Range range, int levels) {
    return count == 0
        ? 0
        : SquaredError.of(new Density(histogram, count, zeros, min, max), range, levels) / count;
  }
}
