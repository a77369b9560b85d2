/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Scales of a weight's channels, and how they are stored: as float32, as binary16 → Cast, or as
 * int8 → Cast → Mul(unit), as double quantization does (QLoRA, arXiv 2305.14314, section 3).
 *
 * @param values one a channel, of either sign; all are values that the form holds
 * @param unit of int8; 0 for other forms
 */
@SuppressWarnings("ArrayRecordComponent")
record ChannelScales(float[] values, Form form, float unit) {
  private static final int MOST = 127;

  /** A smaller step would be off by more than 3 %, which rounding could not make up for. */
  private static final int LEAST = 16;

  /** Below, the node and the unit take what the smaller scales save. */
  private static final int MIN_CODED = 128;

  /** Below, the node takes what halves save. */
  private static final int MIN_HALVES = 32;

  /** Relative error of a binary16 scale; subnormal ones have more. */
  private static final double WORST_HALF = 0.001;

  /** What {@link #times} takes at most. */
  private static final int MOST_FACTOR = 4;

  /** What a scale is stored as. */
  enum Form {
    FLOAT(ElementType.FLOAT, Float.BYTES),
    HALF(ElementType.FLOAT16, Short.BYTES),
    CODES(ElementType.INT8, Byte.BYTES);

    private final ElementType type;
    private final int bytes;

    Form(ElementType type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }
  }

  static ChannelScales exact(float... values) {
    return new ChannelScales(values, Form.FLOAT, 0);
  }

  /**
   * As binary16 where there are many that it holds to a tenth of a percent, else as they are;
   * channels of zeros take any.
   */
  static ChannelScales close(float[] wanted) {
    if (wanted.length < MIN_HALVES) {
      return exact(wanted);
    }
    float[] scales = filled(wanted);
    for (float scale : scales) {
      if (!isHalf(scale)) {
        return exact(wanted);
      }
    }
    return new ChannelScales(scales, Form.HALF, 0).rounded();
  }

  private static boolean isHalf(float scale) {
    return Math.abs(Half.toFloat(Half.of(scale)) / scale - 1) < WORST_HALF;
  }

  /** The scales, the largest for channels of zeros. */
  private static float[] filled(float[] wanted) {
    float largest = Float.MIN_NORMAL;
    for (float scale : wanted) {
      largest = Math.max(largest, Math.abs(scale));
    }
    float[] scales = wanted.clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] = Math.abs(wanted[i]) > Float.MIN_NORMAL ? wanted[i] : largest;
    }
    return scales;
  }

  /** In the smallest form that holds all of them well enough; channels of zeros take any. */
  static ChannelScales small(float[] wanted) {
    float[] scales = filled(wanted);
    float largest = Float.MIN_NORMAL;
    float least = Float.MAX_VALUE;
    boolean half = true;
    for (float scale : scales) {
      largest = Math.max(largest, Math.abs(scale));
      least = Math.min(least, Math.abs(scale));
      half &= isHalf(scale);
    }
    float unit = largest / MOST;
    boolean coded = scales.length >= MIN_CODED && unit >= Float.MIN_NORMAL;
    if (coded && Math.rint(least / unit) >= LEAST) {
      return new ChannelScales(scales, Form.CODES, unit).rounded();
    }
    boolean halves = half && MOST_FACTOR * largest <= Half.MAX;
    return new ChannelScales(scales, halves ? Form.HALF : Form.FLOAT, 0).rounded();
  }

  private ChannelScales rounded() {
    float[] held = new float[values.length];
    for (int i = 0; i < held.length; i++) {
      held[i] = held(values[i]);
    }
    return new ChannelScales(held, form, unit);
  }

  /** The nearest scale that the form holds. */
  float held(float scale) {
    return switch (form) {
      case FLOAT -> scale;
      case HALF -> Half.toFloat(Half.of(scale));
      case CODES -> unit * code(scale);
    };
  }

  private byte code(float scale) {
    return (byte) Math.max(-MOST, Math.min(MOST, Math.rint(scale / unit)));
  }

  /** Each scale times a small power of two, in the same form. */
  ChannelScales times(int factor) {
    float[] products = new float[values.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = factor * values[i];
    }
    return new ChannelScales(products, form, factor * unit);
  }

  long bytes() {
    return (long) values.length * form.bytes + (unit > 0 ? Float.BYTES : 0);
  }

  /**
   * Adds the stored scales, and the nodes that make them float32.
   *
   * @return the value's name
   */
  String into(Decoding graph, List<Long> shape) {
    String stored = graph.constant(TensorValues.raw(form.type, shape, encoded()));
    if (form == Form.FLOAT) {
      return stored;
    }
    String cast = graph.cast(stored, ElementType.FLOAT);
    return form == Form.HALF
        ? cast
        : graph.node("Mul", cast, graph.constant(TensorValues.floats(List.of(), one(unit))));
  }

  private static double[] one(double value) {
    return new double[] {value};
  }

  private ByteString encoded() {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * form.bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float scale : values) {
      switch (form) {
        case FLOAT -> bytes.putFloat(scale);
        case HALF -> bytes.putShort(Half.of(scale));
        case CODES -> bytes.put(code(scale));
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
