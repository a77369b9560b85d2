/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.tensor;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A named tensor: row-major, little-endian elements in a buffer of exactly their size.
 *
 * @param shape every dimension known, e.g. {@code [N, C, H, W]}
 */
public record Tensor(String name, DataType type, List<Long> shape, ByteBuffer data) {
  public Tensor {
    shape = List.copyOf(shape);
    data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    long expected = bytesOf(name, type, shape);
    if (data.remaining() != expected) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR,
          "tensor '%s' %s%s must have %d bytes, found %d"
              .formatted(name, type, shape, expected, data.remaining()));
    }
  }

  /** A little-endian FP32 tensor with a copy of {@code values}. */
  public static Tensor of(String name, float[] values, long... shape) {
    ByteBuffer data =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Tensor(name, DataType.FP32, Arrays.stream(shape).boxed().toList(), data);
  }

  /** Bytes that such a tensor has; negative dimensions and overflow are BAD_TENSOR. */
  static long bytesOf(String name, DataType type, List<Long> shape) {
    try {
      long bytes = type.bytes();
      for (long dimension : shape) {
        if (dimension < 0) {
          throw new ArithmeticException("negative");
        }
        bytes = Math.multiplyExact(bytes, dimension);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR,
          "tensor '%s' has an impossible shape %s".formatted(name, shape),
          e);
    }
  }

  /** A view of its own position and limit, little-endian. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements of an FP32 tensor, copied. */
  public float[] floats() {
    if (type != DataType.FP32) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR, "tensor '%s' is %s, expected FP32".formatted(name, type));
    }
    float[] values = new float[data.remaining() / Float.BYTES];
    data().asFloatBuffer().get(values);
    return values;
  }

  public long[] shapeArray() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  public Tensor named(String other) {
    return new Tensor(other, type, shape, data);
  }
}
