/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One weight in its stored form, or the reason why it stays as it is.
 *
 * @param fifth a bit more for each int4 level, worth a half; see {@link FifthBit}
 * @param scales one a channel; empty for binary16
 * @param scaleShape as ONNX broadcasts it against the weight
 */
record PackedWeight(
    ElementType type,
    Payload packed,
    Optional<Payload> fifth,
    ChannelScales scales,
    List<Long> scaleShape,
    String reason) {

  private static final String NOT_FINITE = "it holds values that are not finite";

  private static final ChannelScales NONE = ChannelScales.exact();

  static PackedWeight left(String reason) {
    return new PackedWeight(
        ElementType.FLOAT, Payload.of(ByteString.EMPTY), Optional.empty(), NONE, List.of(), reason);
  }

  static PackedWeight of(OnnxModel model, TensorProto tensor, StoreFormat format, WeightUses uses)
      throws IOException {
    Payload weight = model.payload(tensor);
    return format == StoreFormat.FP16
        ? half(weight)
        : integers(weight, uses.layout(tensor), format);
  }

  static PackedWeight half(Payload weight) throws IOException {
    ChannelLayout all = new ChannelLayout(1, 1, Long.MAX_VALUE, List.of());
    float largest = ChannelRanges.of(weight, all).overall();
    if (!(largest <= Half.MAX)) {
      return left("its largest magnitude %s is beyond fp16".formatted(largest));
    }
    return new PackedWeight(
        ElementType.FLOAT16, new HalfPayload(weight), Optional.empty(), NONE, List.of(), "");
  }

  private static PackedWeight integers(
      Payload weight, Optional<ChannelLayout> found, StoreFormat format) throws IOException {
    if (found.isEmpty()) {
      return left("no operator uses it as a weight");
    }
    ChannelLayout layout = found.get();
    long levels = format == StoreFormat.INT4 ? layout.elements() / 2 : layout.elements();
    if ((long) layout.channels() * Float.BYTES + levels >= weight.bytes()) {
      return left("its scales would take more than %s saves".formatted(format.label()));
    }
    if (format == StoreFormat.INT4) {
      return int4Scales(weight, layout, Int4Payload.BITS)
          .map(
              s -> scaled(ElementType.INT4, new Int4Payload(weight, layout, s.values()), s, layout))
          .orElseGet(() -> left(NOT_FINITE));
    }
    ChannelRanges ranges = ChannelRanges.of(weight, layout);
    if (!Float.isFinite(ranges.overall())) {
      return left(NOT_FINITE);
    }
    ChannelScales scales = ChannelScales.exact(ranges.scales());
    Payload packed = new Int8Payload(weight, layout, scales.values());
    return scaled(ElementType.INT8, packed, scales, layout);
  }

  /** With levels that are there already. */
  static PackedWeight scaled(
      ElementType type, Payload packed, ChannelScales scales, ChannelLayout layout) {
    return new PackedWeight(type, packed, Optional.empty(), scales, layout.scaleShape(), "");
  }

  /** The same with a fifth bit. */
  PackedWeight with(Payload bits) {
    return new PackedWeight(type, packed, Optional.of(bits), scales, scaleShape, reason);
  }

  /** Scales of least squared error; empty when a weight is not finite. */
  static Optional<ChannelScales> int4Scales(Payload weight, ChannelLayout layout, int bits)
      throws IOException {
    ChannelRanges ranges = ChannelRanges.of(weight, layout);
    return Float.isFinite(ranges.overall())
        ? Optional.of(ChannelScales.small(Int4Scales.of(weight, layout, ranges, bits)))
        : Optional.empty();
  }

  long bytes() {
    return packed.bytes() + fifth.map(Payload::bytes).orElse(0L) + scales.bytes();
  }

  /**
   * Adds the stored tensors, and the nodes that give the weight its old name back. Names are short
   * and nodes have none: in small models they are a share of the file.
   */
  void into(GraphProto.Builder graph, OnnxModel model, TensorProto weight, Supplier<String> fresh) {
    String name = weight.getName();
    String stored = fresh.get();
    TensorProto.Builder tensor = weight.toBuilder().setName(stored).setDataType(type.number());
    graph.addInitializer(model.attach(tensor.build(), packed));
    if (scales.values().length == 0) {
      graph.addNode(cast(stored, name));
      return;
    }
    String cast = fresh.get();
    graph.addNode(cast(stored, cast));
    String levels =
        fifth
            .map(bits -> new FifthBit(graph, fresh).added(model, bits, weight.getDimsList(), cast))
            .orElse(cast);
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Mul")
            .addInput(levels)
            .addInput(scales.into(graph, scaleShape, fresh))
            .addOutput(name));
  }

  static NodeProto cast(String from, String to) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .addInput(from)
        .addOutput(to)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("to")
                .setType(AttributeProto.AttributeType.INT)
                .setI(ElementType.FLOAT.number()))
        .build();
  }
}
