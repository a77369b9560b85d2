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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One weight in its stored form, or the reason why it stays as it is.
 *
 * @param scales one a channel; empty for binary16
 * @param scaleShape as ONNX broadcasts it against the weight
 */
record PackedWeight(
    ElementType type, Payload packed, float[] scales, List<Long> scaleShape, String reason) {

  static PackedWeight left(String reason) {
    return new PackedWeight(
        ElementType.FLOAT, Payload.of(ByteString.EMPTY), new float[0], List.of(), reason);
  }

  static PackedWeight of(OnnxModel model, TensorProto tensor, StoreFormat format, WeightUses uses)
      throws IOException {
    Payload weight = model.payload(tensor);
    return switch (format) {
      case FP16 -> half(weight);
      case INT8, INT4 -> integers(weight, uses.layout(tensor), format);
    };
  }

  private static PackedWeight half(Payload weight) throws IOException {
    ChannelLayout all = new ChannelLayout(1, 1, Long.MAX_VALUE, List.of());
    float largest = ChannelRanges.of(weight, all).overall();
    if (!(largest <= Half.MAX)) {
      return left("its largest magnitude %s is beyond fp16".formatted(largest));
    }
    return new PackedWeight(
        ElementType.FLOAT16, new HalfPayload(weight), new float[0], List.of(), "");
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
    ChannelRanges ranges = ChannelRanges.of(weight, layout);
    if (!Float.isFinite(ranges.overall())) {
      return left("it holds values that are not finite");
    }
    if (format == StoreFormat.INT4) {
      float[] best = Int4Scales.of(weight, layout, ranges);
      Payload packed = new Int4Payload(weight, layout, best);
      return new PackedWeight(ElementType.INT4, packed, best, layout.scaleShape(), "");
    }
    float[] scales = ranges.scales();
    return new PackedWeight(
        ElementType.INT8, new Int8Payload(weight, layout, scales), scales, layout.scaleShape(), "");
  }

  long bytes() {
    return packed.bytes() + (long) scales.length * Float.BYTES;
  }

  /** Adds the stored tensors, and the nodes that give the weight its old name back. */
  void into(
      GraphProto.Builder graph, OnnxModel model, TensorProto weight, UnaryOperator<String> fresh) {
    String name = weight.getName();
    String stored = fresh.apply(name + suffix());
    TensorProto.Builder tensor = weight.toBuilder().setName(stored).setDataType(type.number());
    graph.addInitializer(model.attach(tensor.build(), packed));
    if (scales.length == 0) {
      graph.addNode(cast(stored, name));
      return;
    }
    String scale = fresh.apply(name + "_scale");
    String cast = fresh.apply(name + "_cast");
    graph.addInitializer(scaleTensor(scale));
    graph.addNode(cast(stored, cast));
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Mul")
            .setName(cast + "/scale")
            .addInput(cast)
            .addInput(scale)
            .addOutput(name));
  }

  private String suffix() {
    return switch (type) {
      case INT8 -> "_int8";
      case INT4 -> "_int4";
      default -> "_fp16";
    };
  }

  private TensorProto scaleTensor(String name) {
    ByteBuffer bytes =
        ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(scales);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementType.FLOAT.number())
        .addAllDims(scaleShape)
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }

  private static NodeProto cast(String from, String to) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .setName(to + "/cast")
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
