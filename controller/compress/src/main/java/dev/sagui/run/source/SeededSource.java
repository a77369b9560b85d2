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
  private final ToDoubleFunction<Random> values;
  private final int count;

  /**
   * @param seed of the model's first input; each further input's is one higher
   */
  public SeededSource(
      List<InputSlot> slots, long seed, int count, ToDoubleFunction<Random> values) {
    this.slots = slots;
    this.randoms = slots.stream().map(slot -> new Random(seed + slot.index())).toList();
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
    while (data.hasRemaining()) {
      Elements.put(data, slot.type(), (float) values.applyAsDouble(random));
    }
    return new Tensor(slot.name(), slot.type(), shape, data.flip());
  }

  @Override
  public void close() {}
}
