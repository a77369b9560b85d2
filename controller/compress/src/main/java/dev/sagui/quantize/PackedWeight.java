/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.util.Optional;

/** One weight in its stored form, or the reason why it stays as it is. */
interface PackedWeight {
  String NOT_FINITE = "it holds values that are not finite";

  /** As reports name it. */
  String format();

  /** Power of its rounding errors to that of 4 bits; about, for channels of usual weights. */
  double noise();

  /** With scales and tables, without nodes. */
  long bytes();

  /** Why the weight stays as it is; empty when it does not. */
  default String reason() {
    return "";
  }

  /** Adds the stored tensors, and the nodes that give the weight its old name back. */
  void into(Decoding graph, TensorProto weight);

  static PackedWeight left(String reason) {
    return new Left(reason);
  }

  /** Rounded to the nearest values of the format. */
  static PackedWeight of(OnnxModel model, TensorProto tensor, StoreFormat format, WeightUses uses)
      throws IOException {
    Payload weight = model.payload(tensor);
    if (format == StoreFormat.FP16) {
      return half(weight);
    }
    Optional<ChannelLayout> layout = uses.layout(tensor);
    Levels nearest = format == StoreFormat.INT8 ? Int8Payload.of(weight) : NearestLevels.of(weight);
    return layout.isEmpty()
        ? left("no operator uses it as a weight")
        : of(weight, layout.get(), format, nearest);
  }

  /** In the format, or as int8 where that is no larger, or for eight bits much smaller. */
  static PackedWeight of(Payload weight, ChannelLayout layout, StoreFormat format, Levels rounding)
      throws IOException {
    if (!Float.isFinite(ChannelRanges.of(weight, layout).overall())) {
      return left(NOT_FINITE);
    }
    PackedWeight int8 = ScaledWeight.int8(weight, layout, Int8Payload.of(weight));
    PackedWeight smallest = int8;
    if (format == StoreFormat.INT8) {
      smallest = ScaledWeight.int8(weight, layout, rounding);
    } else if (format.isPalette()) {
      PaletteWeight palette = PaletteWeight.of(weight, layout, format.bits(), rounding);
      smallest = palette.isFine(int8.bytes()) ? palette : smaller(int8, palette);
    } else if (ScaledWeight.fits(format.bits(), layout.elements())) {
      smallest = smaller(int8, ScaledWeight.of(weight, layout, format.bits(), rounding));
    }
    return smallest.bytes() < weight.bytes()
        ? smallest
        : left("its scales would take more than %s saves".formatted(format.label()));
  }

  private static PackedWeight smaller(PackedWeight int8, PackedWeight other) {
    return other.bytes() < int8.bytes() ? other : int8;
  }

  static PackedWeight half(Payload weight) throws IOException {
    float largest = ChannelRanges.of(weight, ChannelLayout.ONE).overall();
    return largest <= Half.MAX
        ? new Halves(new HalfPayload(weight))
        : left("its largest magnitude %s is beyond fp16".formatted(largest));
  }

  /** As it was. */
  record Left(String reason) implements PackedWeight {
    @Override
    public String format() {
      return "float32";
    }

    @Override
    public double noise() {
      return 0;
    }

    @Override
    public long bytes() {
      throw new IllegalStateException("a weight that is left has no stored form; this is a bug");
    }

    @Override
    public void into(Decoding graph, TensorProto weight) {
      throw new IllegalStateException("a weight that is left has no stored form; this is a bug");
    }
  }

  /** binary16 → Cast. */
  record Halves(Payload packed) implements PackedWeight {
    @Override
    public String format() {
      return StoreFormat.FP16.label();
    }

    @Override
    public double noise() {
      return 1e-5;
    }

    @Override
    public long bytes() {
      return packed.bytes();
    }

    @Override
    public void into(Decoding graph, TensorProto weight) {
      String stored = graph.stored(ElementType.FLOAT16, weight.getDimsList(), packed);
      graph.cast(stored, ElementType.FLOAT, weight.getName());
    }
  }
}
