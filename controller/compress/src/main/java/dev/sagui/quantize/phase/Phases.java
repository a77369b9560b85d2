/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.InferredTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rewrites layers as one convolution that gives all their phases, and moves of its result:
 * ConvTranspose (which no int8 kernel computes), nearest Resize before a convolution, and
 * convolutions with few output channels (whose inner loops would be nearly empty). Exact but for
 * rounding.
 */
public final class Phases {
  /** Output channels that fill a kernel's inner loop. */
  private static final int FULL_CHANNELS = 16;

  /**
   * @param rewritten the nodes that were, as people read them
   * @param left those that were not, with the reason
   */
  public record Result(OnnxModel model, List<String> rewritten, List<String> left) {
    public Result {
      rewritten = List.copyOf(rewritten);
      left = List.copyOf(left);
    }
  }

  private final OnnxModel model;
  private final Graph graph;
  private final InferredTypes types;
  private final Scratch scratch;
  private final List<String> rewritten = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  private Phases(OnnxModel model, Scratch scratch) throws IOException {
    this.model = model;
    this.graph = new Graph(model);
    this.types = InferredTypes.of(model);
    this.scratch = scratch;
  }

  /**
   * @param model cleaned up: its BatchNormalizations folded, opset 13 or later
   * @param scratch lives until the result is written
   */
  public static Result apply(OnnxModel model, Scratch scratch) throws IOException {
    return new Phases(model, scratch).apply();
  }

  private Result apply() throws IOException {
    for (Node node : graph.nodes()) {
      if (!node.is("ConvTranspose") && !node.is("Conv")) {
        continue;
      }
      Optional<Rewrite> found = PhaseLayers.of(model, graph, types, node);
      if (found.isPresent() && found.get().reason().isEmpty()) {
        rewrite(node, found.get());
        rewritten.add(node.toString());
      } else {
        found.ifPresent(rewrite -> left.add("%s: %s".formatted(node, rewrite.reason())));
      }
    }
    OnnxModel edited =
        rewritten.isEmpty()
            ? model
            : model.with(model.proto().toBuilder().setGraph(graph.build()).build());
    return new Result(edited, rewritten, left);
  }

  private void rewrite(Node node, Rewrite layer) throws IOException {
    TensorProto weight = graph.constant(node.input(1)).orElseThrow();
    float[] values = TensorValues.floats(model, weight);
    PhaseWeights phases =
        PhaseWeights.of(
            (int) node.integer("group", 1),
            weight.getDimsList(),
            node.is("ConvTranspose"),
            layer.axes());
    TensorProto empty =
        TensorProto.newBuilder()
            .setDataType(ElementType.FLOAT.number())
            .addAllDims(phases.dims(layer.axes().size()))
            .build();
    String weights =
        graph.addConstant(
            node.input(1) + "/phases", model.attach(empty, phases.payload(values, scratch)));
    String from = graph.freshName(node.output(0) + "/phases");
    NodeBuilder conv = conv(node, layer).inputs(layer.input(), weights);
    if (node.hasInput(2)) {
      conv.inputs(bias(node, phases));
    }
    graph.remove(node);
    if (!layer.input().equals(node.input(0))) {
      graph.producer(node.input(0)).ifPresent(graph::remove);
    }
    graph.add(conv.output(from).build());
    String to = node.output(0);
    Optional<Node> after = graph.onlyUser(to).filter(Phases::isElementwise);
    if (after.isPresent()) {
      String moved = graph.freshName(from + "/activated");
      Node activation = after.get();
      to = activation.output(0);
      graph.remove(activation);
      graph.add(activation.proto().toBuilder().setInput(0, from).setOutput(0, moved).build());
      from = moved;
    }
    Spread.add(graph, phases, layer.axes(), from, to);
  }

  /** Activations without weights stay next to the convolution, which then computes them too. */
  private static boolean isElementwise(Node node) {
    return node.is("Relu") || node.is("LeakyRelu");
  }

  private String bias(Node node, PhaseWeights phases) throws IOException {
    double[] bias = TensorValues.doubles(model, graph.constant(node.input(2)).orElseThrow());
    double[] all = phases.bias(bias);
    return graph.addConstant(
        node.input(2) + "/phases", TensorValues.floats(List.of((long) all.length), all));
  }

  private static NodeBuilder conv(Node node, Rewrite layer) {
    List<PhaseAxis> axes = layer.axes();
    int rank = axes.size();
    long[] kernel = new long[rank];
    long[] strides = new long[rank];
    long[] pads = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      kernel[i] = axes.get(i).window();
      strides[i] = axes.get(i).stride();
      pads[i] = axes.get(i).padBegin();
      pads[rank + i] = axes.get(i).padEnd();
    }
    return NodeBuilder.of("Conv")
        .with("kernel_shape", kernel)
        .with("strides", strides)
        .with("pads", pads)
        .with("group", node.integer("group", 1));
  }

  /** Blocks an axis so that a layer of {@code channels} fills a kernel's inner loop. */
  static int blocks(int channels, long outputs) {
    for (int blocks : new int[] {4, 2}) {
      if (channels * blocks * blocks <= FULL_CHANNELS && outputs % blocks == 0) {
        return blocks;
      }
    }
    return 1;
  }
}
