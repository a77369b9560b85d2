/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The same values in every sample. */
public final class ConstantSource implements SampleSource {
  private final List<Tensor> sample;

  /**
   * @param values one for all elements, or as many as the input has
   */
  public ConstantSource(List<InputSlot> slots, double[] values) {
    this.sample = slots.stream().map(slot -> filled(slot, values)).toList();
  }

  private static Tensor filled(InputSlot slot, double[] values) {
    boolean one = slot.shape().stream().filter(dim -> dim < 0).count() == 1;
    long rest = slot.shape().stream().filter(dim -> dim > 0).reduce(1L, (a, b) -> a * b);
    List<Long> shape = slot.filled(one ? Math.max(1, values.length / rest) : 1);
    int elements = slot.elements(shape);
    if (values.length != 1 && values.length != elements) {
      throw BadData.of(
          "%s takes %d values or one, got %d".formatted(slot, elements, values.length));
    }
    ByteBuffer data = Elements.buffer(slot.type(), elements);
    for (int i = 0; i < elements; i++) {
      Elements.put(data, slot.type(), values[values.length == 1 ? 0 : i]);
    }
    return new Tensor(slot.name(), slot.type(), new ArrayList<>(shape), data.flip());
  }

  @Override
  public List<String> inputs() {
    return sample.stream().map(Tensor::name).toList();
  }

  @Override
  public int count() {
    return MAX_SAMPLES;
  }

  @Override
  public boolean isUniform() {
    return true;
  }

  @Override
  public List<Tensor> next() {
    return sample;
  }

  @Override
  public void close() {}
}
