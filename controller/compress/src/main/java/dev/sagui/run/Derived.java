/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.Elements;
import dev.sagui.run.source.InputSlot;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Inputs whose values follow from the others, by the names that exporters give them. */
enum Derived {
  /** Ones: everything is attended to. */
  ATTENTION_MASK,
  /** Zeros: one sentence, the first speaker. */
  ZEROS,
  /** 0, 1, 2, …: along the last dimension. */
  POSITIONS,
  /** The length of the sequence. */
  LENGTHS,
  /**
   * Of a Piper voice: noise 0, length 1, duration noise 0. The voice's own 0.667, 1, 0.8 would draw
   * other noise in each graph, so that nothing could be compared; {@code scales=values:0.667,1,0.8}
   * asks for it.
   */
  SCALES,
  /** A key-value cache that is empty yet: length zero, no branch for it. */
  PAST;

  private static final Set<DataType> INTEGERS =
      EnumSet.of(DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8, DataType.UINT8);
  private static final Set<String> ZERO_NAMES =
      Set.of("token_type_ids", "segment_ids", "sid", "speaker_id", "speaker_ids");

  /**
   * @param rank with the batch
   */
  static Optional<Derived> of(String name, DataType type, int rank) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean integers = INTEGERS.contains(type);
    if (lower.startsWith("past_") || lower.startsWith("past.") || lower.contains("use_cache")) {
      return Optional.of(PAST);
    }
    if (lower.endsWith("attention_mask") || lower.equals("input_mask")) {
      return Optional.of(ATTENTION_MASK);
    }
    if (integers && ZERO_NAMES.contains(lower)) {
      return Optional.of(ZEROS);
    }
    if (integers && lower.equals("position_ids")) {
      return Optional.of(POSITIONS);
    }
    if (integers && rank <= 1 && lower.endsWith("lengths")) {
      return Optional.of(LENGTHS);
    }
    return lower.equals("scales") && !integers && rank == 1
        ? Optional.of(SCALES)
        : Optional.empty();
  }

  /**
   * The tensor of one sample.
   *
   * @param bound sizes of the sample's named dimensions
   * @param length of the sequence
   */
  Tensor tensor(InputSlot slot, Map<String, Long> bound, long length) {
    List<Long> shape = new java.util.ArrayList<>();
    for (int i = 0; i < slot.rank(); i++) {
      String symbol = slot.symbols().get(i);
      long size = slot.shape().get(i);
      shape.add(size >= 0 ? size : free(symbol, bound, length));
    }
    long[] values = new long[slot.elements(shape)];
    int last = shape.isEmpty() ? 1 : (int) Math.max(1, shape.get(shape.size() - 1));
    switch (this) {
      case ATTENTION_MASK -> Arrays.fill(values, 1);
      case LENGTHS -> Arrays.fill(values, length);
      case POSITIONS -> Arrays.setAll(values, i -> i % last);
      case SCALES -> Arrays.setAll(values, i -> i == 1 ? 1 : 0);
      case ZEROS, PAST -> Arrays.fill(values, 0);
    }
    return Elements.integers(slot.name(), slot.type(), values, shape);
  }

  private long free(String symbol, Map<String, Long> bound, long length) {
    if (this == PAST) {
      return symbol.contains("batch") ? 1 : 0;
    }
    return bound.getOrDefault(symbol, length);
  }
}
