/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Levels of 4, 5, 6 or 8 bits with a scale per channel → Cast → Mul. What 5 and 6 bits have beyond
 * an int4 lies apart, several elements a byte, and is added as halves or quarters of its step.
 *
 * @param packed int8, or the upper four bits as int4
 * @param low the bits below those
 * @param scales of a step of {@code packed}
 * @param scaleShape as ONNX broadcasts it against the weight
 */
record ScaledWeight(
    int bits, Payload packed, Optional<Payload> low, ChannelScales scales, List<Long> scaleShape)
    implements PackedWeight {

  static final int FOUR = 4;

  private static final int SEVEN = 7;

  /** From scales of the largest weights on. */
  static ScaledWeight int8(Payload weight, ChannelLayout layout, Levels rounding)
      throws IOException {
    ChannelScales scales = ChannelScales.close(ChannelRanges.of(weight, layout).scales());
    Payload levels = rounding.of(scales, layout, LevelGrid.uniform(Byte.SIZE));
    return new ScaledWeight(Byte.SIZE, levels, Optional.empty(), scales, layout.scaleShape());
  }

  /** From scales of least squared error on. */
  static ScaledWeight of(Payload weight, ChannelLayout layout, int bits, Levels rounding)
      throws IOException {
    ChannelRanges ranges = ChannelRanges.of(weight, layout);
    ChannelScales scales = ChannelScales.small(Int4Scales.of(weight, layout, ranges, bits));
    Payload levels = rounding.of(scales, layout, LevelGrid.uniform(bits));
    int below = bits - FOUR;
    return new ScaledWeight(
        bits,
        new PackedBits(levels, below, FOUR),
        below == 0 ? Optional.empty() : Optional.of(new PackedBits(levels, 0, below)),
        scales.times(1 << below),
        layout.scaleShape());
  }

  /** Whether so many elements fill whole bytes with the bits beyond four. */
  static boolean fits(int bits, long elements) {
    return bits == FOUR || (bits <= FOUR + 2 && elements % (Byte.SIZE / (bits - FOUR)) == 0);
  }

  @Override
  public String format() {
    return "int" + bits;
  }

  /** Scales of eight bits take the largest weight, which costs about one. */
  @Override
  public double noise() {
    return Math.pow(4, FOUR - Math.min(bits, SEVEN));
  }

  @Override
  public long bytes() {
    return packed.bytes() + low.map(Payload::bytes).orElse(0L) + scales.bytes();
  }

  @Override
  public void into(Decoding graph, TensorProto weight) {
    List<Long> dims = weight.getDimsList();
    ElementType type = bits == Byte.SIZE ? ElementType.INT8 : ElementType.INT4;
    String upper = graph.cast(graph.stored(type, dims, packed), ElementType.FLOAT);
    String levels = low.map(p -> graph.node("Add", upper, lower(graph, p, dims))).orElse(upper);
    graph.named(weight.getName(), "Mul", levels, scales.into(graph, scaleShape));
  }

  private String lower(Decoding graph, Payload fields, List<Long> dims) {
    int below = bits - FOUR;
    return graph.fields(fields, below, 1.0 / (1 << below), dims);
  }
}
