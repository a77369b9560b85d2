/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Indices of 2 to 8 bits into a table of values → Cast → Gather, times a scale per channel where
 * channels are long enough to pay for one ("deep compression", arXiv 1510.00149, section 3). Bits
 * of an index lie in planes of 4, 2 and 1 bits, so that a file of 3-bit indices has 3 bits each;
 * small weights and such whose elements do not fill bytes take the next of 4 and 8 bits.
 *
 * @param levels one byte an element
 * @param table values that binary16 has
 */
record PaletteWeight(
    int bits, Payload levels, float[] table, Optional<ChannelScales> scales, List<Long> scaleShape)
    implements PackedWeight {

  /** Below, the nodes of a plane take what the plane saves. */
  private static final long MIN_PLANED = 4096;

  /** Elements that a scale serves at least. */
  private static final int MIN_CHANNEL = 16;

  private static final int WHOLE = 4;

  /** A table of eight bits may take this part of a weight's bytes. */
  private static final int TABLE_SHARE = 64;

  /** From the table of least squared error on. */
  static PaletteWeight of(Payload weight, ChannelLayout layout, int bits, Levels rounding)
      throws IOException {
    Optional<ChannelScales> scales = scales(weight, layout);
    ChannelLayout own = scales.isPresent() ? layout : ChannelLayout.ONE;
    ChannelScales factors = scales.orElse(ChannelScales.exact(1));
    float[] table = Palette.of(weight, own, factors.values(), 1 << bits);
    Payload levels = rounding.of(factors, own, LevelGrid.table(table));
    if (scales.isEmpty()) {
      for (int i = 0; i < table.length; i++) {
        table[i] *= factors.values()[0];
      }
    }
    return new PaletteWeight(bits, levels, table, scales, layout.scaleShape());
  }

  private static Optional<ChannelScales> scales(Payload weight, ChannelLayout layout)
      throws IOException {
    boolean one = layout.channels() == 1 && layout.elements() >= MIN_CHANNEL;
    return one || layout.elements() / layout.channels() < MIN_CHANNEL
        ? Optional.empty()
        : Optional.of(ChannelScales.small(ChannelRanges.of(weight, layout).largest()));
  }

  /** Whether its table, which halves the error of int8, takes little more than int8 does. */
  boolean isFine(long int8Bytes) {
    return bits == Byte.SIZE && bytes() - int8Bytes <= int8Bytes / TABLE_SHARE;
  }

  @Override
  public String format() {
    return "palette" + bits;
  }

  @Override
  public double noise() {
    return Math.pow(4, WHOLE - bits);
  }

  @Override
  public long bytes() {
    long planes = planes().stream().mapToLong(p -> new PackedBits(levels, 0, p).bytes()).sum();
    return planes + 2L * table.length + scales.map(ChannelScales::bytes).orElse(0L);
  }

  /** Bits of each plane, the lowest first. */
  private List<Integer> planes() {
    boolean whole = levels.bytes() < MIN_PLANED || levels.bytes() % Byte.SIZE != 0;
    if (whole || bits == WHOLE || bits == Byte.SIZE) {
      return List.of(bits <= WHOLE ? WHOLE : Byte.SIZE);
    }
    List<Integer> planes = new ArrayList<>();
    for (int plane = WHOLE, left = bits; left > 0; plane /= 2) {
      if (left >= plane) {
        planes.add(plane);
        left -= plane;
      }
    }
    return planes;
  }

  @Override
  public void into(Decoding graph, TensorProto weight) {
    String indices = graph.cast(indices(graph, weight.getDimsList()), ElementType.INT32);
    String values = graph.cast(graph.constant(halves()), ElementType.FLOAT);
    if (scales.isEmpty()) {
      graph.named(weight.getName(), "Gather", values, indices);
      return;
    }
    String unscaled = graph.node("Gather", values, indices);
    String factors = scales.get().into(graph, scaleShape);
    graph.named(weight.getName(), "Mul", unscaled, factors);
  }

  private String indices(Decoding graph, List<Long> dims) {
    String sum = "";
    int shift = 0;
    List<Integer> planes = planes();
    for (int plane : planes) {
      Payload packed = plane == Byte.SIZE ? levels : new PackedBits(levels, shift, plane);
      String part =
          plane < WHOLE
              ? graph.fields(packed, plane, 1 << shift, dims)
              : graph.stored(plane == WHOLE ? ElementType.UINT4 : ElementType.UINT8, dims, packed);
      if (planes.size() == 1) {
        return part;
      }
      String floats = plane < WHOLE ? part : graph.cast(part, ElementType.FLOAT);
      sum = sum.isEmpty() ? floats : graph.node("Add", sum, floats);
      shift += plane;
    }
    return sum;
  }

  private TensorProto halves() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * table.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : table) {
      bytes.putShort(Half.of(value));
    }
    return TensorValues.raw(
        ElementType.FLOAT16, List.of((long) table.length), ByteString.copyFrom(bytes.flip()));
  }
}
