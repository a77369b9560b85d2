/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Values drawn from a seed; {@link Random}'s algorithms are specified, so that a seed means the
 * same everywhere.
 */
public final class SeededSource implements SampleSource {
  /** What a dimension becomes that is neither the batch nor fixed. */
  private static final int FREE_DIMENSION = 32;

  private final List<InputSlot> slots;
  private final List<Random> randoms;
  private final boolean ids;
  private final ToDoubleFunction<Random> values;
  private final int count;

  /**
   * @param ids whether inputs that take ids get any of them, and not {@code values}
   * @param seed of the model's first input; each further input's is one higher
   */
  public SeededSource(
      List<InputSlot> slots, long seed, int count, boolean ids, ToDoubleFunction<Random> values) {
    this.slots = slots;
    this.randoms = slots.stream().map(slot -> new Random(seed + slot.index())).toList();
    this.ids = ids;
    this.values = values;
    this.count = count;
  }

  @Override
  public List<String> inputs() {
    return slots.stream().map(InputSlot::name).toList();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public boolean isUniform() {
    return true;
  }

  @Override
  public List<Tensor> next() {
    List<Tensor> sample = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      sample.add(draw(slots.get(i), randoms.get(i)));
    }
    return sample;
  }

  private Tensor draw(InputSlot slot, Random random) {
    List<Long> shape = slot.filled(FREE_DIMENSION);
    ByteBuffer data = Elements.buffer(slot.type(), slot.elements(shape));
    boolean id = ids && slot.idsBelow() > 0 && !slot.isFloat();
    while (data.hasRemaining()) {
      double value = id ? random.nextDouble() * slot.idsBelow() : values.applyAsDouble(random);
      Elements.put(data, slot.type(), (float) value);
    }
    return new Tensor(slot.name(), slot.type(), shape, data.flip());
  }

  @Override
  public void close() {}
}
