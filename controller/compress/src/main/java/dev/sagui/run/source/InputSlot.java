/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model's input as a source fills it: one sample at a time.
 *
 * @param index among the model's inputs, which sets seeds apart
 * @param shape of one sample, without the batch; -1 for a free dimension
 * @param symbols the name of each dimension of {@code shape}, empty where it has none
 * @param batched whether the model takes a batch of samples here
 * @param idsBelow how many ids there are, when the values are ids; 0 when they are not
 * @param context tokens that the model takes at once at most, where that is known
 */
public record InputSlot(
    int index,
    String name,
    DataType type,
    List<Long> shape,
    List<String> symbols,
    boolean batched,
    long idsBelow,
    OptionalInt context) {
  /** More than one sample of any model that runs on a device has. */
  public static final long MAX_ELEMENTS = 1 << 26;

  public InputSlot {
    shape = List.copyOf(shape);
    symbols = List.copyOf(symbols);
  }

  public int rank() {
    return shape.size();
  }

  public boolean isFixed() {
    return shape.stream().allMatch(dim -> dim >= 0);
  }

  public boolean isFloat() {
    return type == DataType.FP32 || type == DataType.FP64 || type == DataType.FP16;
  }

  /** The shape with {@code size} in place of each free dimension. */
  public List<Long> filled(long size) {
    List<Long> filled = new ArrayList<>(shape);
    filled.replaceAll(dim -> dim < 0 ? size : dim);
    return filled;
  }

  /** Elements of a sample of that shape, which are checked against {@link #MAX_ELEMENTS}. */
  public int elements(List<Long> sample) {
    long elements = 1;
    for (long dim : sample) {
      elements = dim == 0 ? 0 : elements * dim;
      if (elements > MAX_ELEMENTS) {
        throw BadData.of(
            "input '%s' %s is too large: a sample may have %,d elements"
                .formatted(name, sample, MAX_ELEMENTS));
      }
    }
    return (int) elements;
  }

  /** For messages: the name, type and shape of one sample. */
  @Override
  public String toString() {
    return "input '%s' %s%s".formatted(name, type, shape);
  }
}
