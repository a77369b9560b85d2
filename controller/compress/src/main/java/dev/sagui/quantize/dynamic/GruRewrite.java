/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * GRU → for each direction one com.microsoft.DynamicQuantizeMatMul of all steps' inputs, and a Scan
 * whose steps hold another, for ONNX Runtime has no int8 GRU.
 *
 * <p>The Scan's nodes take some 20 µs a step, so that it pays from {@value #LEAST_HIDDEN} hidden
 * on: of float32's time, with a batch of one on AVX2, 1.74 at 128, 0.72 at 256, 0.47 at 512, 0.05
 * at 1024.
 */
final class GruRewrite {
  private static final long LEAST_HIDDEN = 256;

  private final OnnxModel model;
  private final Graph graph;
  private final DynamicOptions options;

  /** What the directions give: all steps [T, 1, B, H], and the last [1, B, H]. */
  private record Given(List<String> steps, List<String> last) {}

  GruRewrite(OnnxModel model, Graph graph, DynamicOptions options) {
    this.model = model;
    this.graph = graph;
    this.options = options;
  }

  /** One entry for each constant weight of the node. */
  List<StoredWeight> quantize(Node node) throws IOException {
    RecurrentWeights weights = RecurrentWeights.of(model, graph, node, options);
    String common = weights.obstacle(graph);
    String obstacle = common.isEmpty() ? obstacle(node) : common;
    if (obstacle.isEmpty()) {
      replace(node, weights);
      Unused.remove(graph);
    }
    return weights.outcome(obstacle);
  }

  private String obstacle(Node node) {
    if (node.integer("hidden_size", 0) < LEAST_HIDDEN) {
      return "%s has fewer than %d hidden units and would run slower".formatted(node, LEAST_HIDDEN);
    }
    if (node.integer("linear_before_reset", 0) == 0) {
      return "%s resets its state before the product".formatted(node);
    }
    boolean changed =
        node.proto().getAttributeList().stream()
            .map(AttributeProto::getName)
            .anyMatch(name -> name.startsWith("activation") || name.equals("clip"));
    if (changed) {
      return "%s has activations of its own".formatted(node);
    }
    boolean bias = node.hasInput(3) && graph.constant(node.input(3)).isEmpty();
    return bias || node.hasInput(4)
        ? "%s has a computed bias or sequences of several lengths".formatted(node)
        : "";
  }

  private void replace(Node node, RecurrentWeights weights) throws IOException {
    ElementType type = options.unsigned() ? ElementType.UINT8 : ElementType.INT8;
    String w = weights.turnedCodes(model, graph, 0, type);
    String r = weights.turnedCodes(model, graph, 1, type);
    int directions = (int) weights.weights().get(0).getDims(0);
    int hidden = (int) weights.weights().get(1).getDims(2);
    float[] bias =
        node.hasInput(3)
            ? TensorValues.floats(model, graph.constant(node.input(3)).orElseThrow())
            : new float[directions * 6 * hidden];
    Given given = new Given(new ArrayList<>(), new ArrayList<>());
    graph.remove(node);
    for (int d = 0; d < directions; d++) {
      int from = d * 6 * hidden;
      GruScan.Product input = product(weights, 0, w, d, vector(bias, from, 3 * hidden));
      GruScan.Product state =
          product(weights, 1, r, d, vector(bias, from + 3 * hidden, 3 * hidden));
      boolean reverse = d == 1 || node.text("direction", "forward").equals("reverse");
      scan(node, d, hidden, new GruScan(graph, hidden, state, reverse), input, given);
    }
    join(node.output(0), given.steps(), 1);
    join(node.output(1), given.last(), 0);
  }

  private GruScan.Product product(
      RecurrentWeights weights, int index, String turned, int direction, double[] bias) {
    TensorProto weight = weights.weights().get(index);
    int outputs = (int) weight.getDims(1);
    String name = weight.getName() + "_" + direction;
    String which = graph.addConstant(name, TensorValues.longs(List.of(), direction));
    String codes = graph.freshName(name + "_codes");
    graph.add(Nodes.node("", "Gather", List.of(turned, which), codes).build());
    float[] all = weights.matrices().get(index).scales();
    List<Long> dims = List.of((long) outputs);
    byte[] middle = {(byte) 128};
    return new GruScan.Product(
        codes,
        graph.addConstant(
            name + "_scale", TensorValues.floats(dims, vector(all, direction * outputs, outputs))),
        options.unsigned()
            ? graph.addConstant(
                name + "_zero_point",
                TensorValues.raw(ElementType.UINT8, List.of(), ByteString.copyFrom(middle)))
            : "",
        graph.addConstant(name + "_bias", TensorValues.floats(dims, bias)));
  }

  private static double[] vector(float[] values, int from, int count) {
    double[] vector = new double[count];
    for (int i = 0; i < count; i++) {
      vector[i] = values[from + i];
    }
    return vector;
  }

  private void scan(
      Node node, int direction, int hidden, GruScan scan, GruScan.Product input, Given given) {
    String x = node.input(0);
    String gates = graph.freshName(x + "_gates");
    graph.add(input.node(x, gates));
    String first = node.hasInput(5) ? picked(node.input(5), direction) : zeros(x, hidden);
    String last = graph.freshName(x + "_last");
    String steps = graph.freshName(x + "_steps");
    graph.add(scan.node(first, gates, last, steps));
    given.steps().add(unsqueezed(steps, 1));
    given.last().add(unsqueezed(last, 0));
  }

  private String picked(String states, int direction) {
    String which = graph.addConstant(states + "_which", TensorValues.longs(List.of(), direction));
    String picked = graph.freshName(states + "_first");
    graph.add(Nodes.node("", "Gather", List.of(states, which), picked).build());
    return picked;
  }

  /** [B, H] for x [T, B, I]. */
  private String zeros(String x, int hidden) {
    String shape = graph.freshName(x + "_shape");
    String batch = graph.freshName(x + "_batch");
    String dims = graph.freshName(x + "_state_shape");
    String zeros = graph.freshName(x + "_zeros");
    String one = graph.addConstant(x + "_axis", TensorValues.longs(1));
    String width = graph.addConstant(x + "_hidden", TensorValues.longs(hidden));
    graph.add(Nodes.node("", "Shape", List.of(x), shape).build());
    graph.add(Nodes.node("", "Gather", List.of(shape, one), batch).build());
    graph.add(
        Nodes.node("", "Concat", List.of(batch, width), dims)
            .addAttribute(Nodes.integer("axis", 0))
            .build());
    graph.add(Nodes.node("", "ConstantOfShape", List.of(dims), zeros).build());
    return zeros;
  }

  private String unsqueezed(String value, int axis) {
    String axes = graph.addConstant(value + "_axes", TensorValues.longs(axis));
    String unsqueezed = graph.freshName(value + "_unsqueezed");
    graph.add(Nodes.node("", "Unsqueeze", List.of(value, axes), unsqueezed).build());
    return unsqueezed;
  }

  private void join(String output, List<String> parts, int axis) {
    if (!output.isEmpty()) {
      graph.add(
          Nodes.node("", "Concat", parts, output)
              .addAttribute(Nodes.integer("axis", axis))
              .build());
    }
  }
}
