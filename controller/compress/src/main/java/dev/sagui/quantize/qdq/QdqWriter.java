/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.calibrate.Affine;
import dev.sagui.quantize.calibrate.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a placement into its graph: QuantizeLinear behind each integer value and DequantizeLinear
 * before each use, in the pattern that ONNX Runtime turns into integer operators. The nodes have no
 * names and constants short ones: in a small model they are a share of the file.
 */
final class QdqWriter {
  private final OnnxModel model;
  private final Graph graph;
  private final Placement placement;
  private final Int8Format format;
  private final Corrections corrections;
  private final NearestWeights nearest;
  private final Map<String, Parameters> parameters = new HashMap<>();

  /** How a group's values are written. */
  private record Parameters(Affine affine, String scale, String zeroPoint) {}

  /**
   * @param nearest where the corrections have no weights
   */
  QdqWriter(
      OnnxModel model,
      Placement placement,
      Int8Format format,
      Corrections corrections,
      NearestWeights nearest) {
    this.model = model;
    this.graph = placement.graph();
    this.placement = placement;
    this.format = format;
    this.corrections = corrections;
    this.nearest = nearest;
  }

  /**
   * @param ranges of every group
   */
  void write(Map<String, Range> ranges) throws IOException {
    ranges.forEach(this::define);
    Map<String, List<String>> groups = placement.values();
    for (Node layer : placement.integerLayers()) {
      weights(layer);
    }
    dropClamps();
    for (List<String> group : groups.values()) {
      for (String value : group) {
        quantize(value);
      }
    }
    graph.initializers().stream()
        .filter(name -> !graph.isUsed(name) && !graph.isInput(name))
        .forEach(graph::removeInitializer);
  }

  private void define(String group, Range range) {
    Affine affine = format.signed() ? range.int8() : range.uint8();
    ElementType type = format.signed() ? ElementType.INT8 : ElementType.UINT8;
    ByteString zero = ByteString.copyFrom(new byte[] {(byte) affine.zeroPoint()});
    String scale =
        graph.addConstant("s", TensorValues.floats(List.of(), new double[] {affine.scale()}));
    String zeroPoint = graph.addConstant("z", TensorValues.raw(type, List.of(), zero));
    parameters.put(group, new Parameters(affine, scale, zeroPoint));
  }

  private Parameters of(String value) {
    Parameters found = parameters.get(placement.root(value));
    if (found == null) {
      throw new IllegalStateException("no range for '" + value + "'; this is a bug");
    }
    return found;
  }

  /** The bounds of the integers do what a Relu or Clip does. */
  private void dropClamps() {
    for (Node clamp : graph.nodes()) {
      if (placement.role(clamp) == Role.CLAMP && placement.isInteger(clamp)) {
        Node producer = graph.producer(clamp.input(0)).orElseThrow();
        graph.remove(clamp);
        graph.set(producer, renamed(producer, clamp.input(0), clamp.output(0)));
      }
    }
  }

  private static NodeProto renamed(Node node, String from, String to) {
    NodeProto.Builder proto = node.proto().toBuilder();
    proto.setOutput(node.outputs().indexOf(from), to);
    return proto.build();
  }

  private void quantize(String value) {
    boolean made = graph.producer(value).filter(placement::isInteger).isPresent();
    if (!made && graph.producer(value).isEmpty() && !graph.isInput(value)) {
      return; // its clamp is gone
    }
    List<Node> users = graph.users(value).stream().filter(placement::isInteger).toList();
    if (!made && users.isEmpty()) {
      return;
    }
    String from = value;
    String back = graph.freshName("d");
    if (made && graph.isOutput(value)) {
      back = value;
      from = graph.freshName("o");
      Node producer = graph.producer(value).orElseThrow();
      graph.set(producer, renamed(producer, value, from));
    } else if (made) {
      graph.replaceUses(value, back);
    } else {
      for (Node user : users) {
        graph.set(user, reading(user, value, back));
      }
    }
    Parameters p = of(value);
    String integers = graph.freshName("q");
    graph.add(linear("QuantizeLinear", from, p, integers));
    graph.add(linear("DequantizeLinear", integers, p, back));
  }

  private static NodeProto reading(Node user, String from, String to) {
    NodeProto.Builder proto = user.proto().toBuilder();
    for (int i = 0; i < proto.getInputCount(); i++) {
      if (proto.getInput(i).equals(from)) {
        proto.setInput(i, to);
      }
    }
    return proto.build();
  }

  private static NodeProto linear(String op, String from, Parameters p, String to) {
    return NodeBuilder.of(op).inputs(from, p.scale(), p.zeroPoint()).nameless(to).build();
  }

  private void weights(Node layer) throws IOException {
    TensorProto weight = graph.constant(layer.input(1)).orElseThrow();
    int axis = LayerRows.channelAxis(layer);
    float inputScale = of(layer.input(0)).affine().scale();
    double[] bias = corrections.bias(layer.output(0), bias(layer));
    boolean biased = bias.length == weight.getDims(axis);
    IntegerWeights weights = weights(layer, biased ? bias : new double[0], inputScale);
    NodeProto.Builder proto = layer.proto().toBuilder();
    proto.setInput(1, integerWeight(weight, weights, axis));
    if (biased && proto.getInputCount() < 3) {
      proto.addInput(integerBias(weights, bias, inputScale));
    } else if (biased) {
      proto.setInput(2, integerBias(weights, bias, inputScale));
    }
    graph.set(layer, proto.build());
  }

  private IntegerWeights weights(Node layer, double[] bias, float inputScale) throws IOException {
    Optional<IntegerWeights> rounded =
        corrections.weights(layer.output(0)).filter(w -> w.holds(bias, inputScale));
    return rounded.isPresent() ? rounded.get() : nearest.of(model, graph, layer, bias, inputScale);
  }

  /** Empty when the layer has none. */
  private double[] bias(Node layer) throws IOException {
    return layer.hasInput(2)
        ? TensorValues.doubles(model, graph.constant(layer.input(2)).orElseThrow())
        : new double[0];
  }

  private String integerWeight(TensorProto weight, IntegerWeights weights, int axis)
      throws IOException {
    TensorProto empty =
        TensorProto.newBuilder()
            .setDataType(ElementType.INT8.number())
            .addAllDims(weight.getDimsList())
            .build();
    String levels = graph.addConstant("w", model.attach(empty, weights.levels()));
    List<Long> shape = List.of((long) weights.scales().length);
    double[] scales = new double[weights.scales().length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = weights.scales()[i];
    }
    String scale = graph.addConstant("s", TensorValues.floats(shape, scales));
    String zero =
        graph.addConstant(
            "z",
            TensorValues.raw(
                ElementType.INT8, shape, ByteString.copyFrom(new byte[scales.length])));
    return dequantized(axis, levels, scale, zero);
  }

  private String integerBias(IntegerWeights weights, double[] bias, float inputScale) {
    int[] steps = weights.bias(bias, inputScale);
    ByteBuffer bytes =
        ByteBuffer.allocate(steps.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(steps);
    List<Long> shape = List.of((long) steps.length);
    double[] scales = new double[steps.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = weights.scales()[i] * inputScale;
    }
    String levels =
        graph.addConstant(
            "b", TensorValues.raw(ElementType.INT32, shape, ByteString.copyFrom(bytes)));
    return dequantized(0, levels, graph.addConstant("s", TensorValues.floats(shape, scales)));
  }

  private String dequantized(int axis, String... inputs) {
    String to = graph.freshName("d");
    NodeBuilder node = NodeBuilder.of("DequantizeLinear").inputs(inputs).with("axis", axis);
    graph.add(node.nameless(to).build());
    return to;
  }
}
