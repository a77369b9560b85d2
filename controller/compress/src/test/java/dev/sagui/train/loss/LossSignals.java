/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.json.Fields;
import dev.sagui.quality.Signals;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** Tensors that {@code src/test/python/loss_golden.py} makes alike, and what it found for them. */
final class LossSignals {
  private LossSignals() {}

  /** Uniform in shift .. shift + scale. */
  static Tensor noise(String name, long seed, float scale, float shift, long... shape) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = Signals.noise(seed, (int) count);
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * values[i] + shift;
    }
    return Tensor.of(name, values, shape);
  }

  /** (i · factor + shift) mod classes. */
  static Tensor ids(String name, int factor, int shift, int classes, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    ByteBuffer data = ByteBuffer.allocateDirect(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      data.putLong((long) (i * factor + shift) % classes);
    }
    return new Tensor(name, DataType.INT64, Arrays.stream(shape).boxed().toList(), data.flip());
  }

  /** A golden value by its name. */
  static double golden(String name) {
    try (InputStream in = LossSignals.class.getResourceAsStream("/train/losses.json")) {
      return Fields.parse(Objects.requireNonNull(in).readAllBytes()).number(name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
