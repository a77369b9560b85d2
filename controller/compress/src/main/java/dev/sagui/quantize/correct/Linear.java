/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fold.ScaledPayload;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A layer whose float32 weights and bias are constants of its own.
 *
 * @param outputs channels of its output, in runs of {@code outputInner} weights
 * @param inputs channels of its input, in runs of {@code inputInner} weights
 */
record Linear(
    Node node, String weight, int outputs, long outputInner, int inputs, long inputInner) {
  static Optional<Linear> of(Graph graph, Node node) {
    Optional<TensorProto> weight = own(graph, node.input(1));
    boolean plain =
        node.isStandard()
            && node.number("alpha", 1) == 1
            && node.number("beta", 1) == 1
            && node.integer("transA", 0) == 0
            && (!node.hasInput(2) || own(graph, node.input(2)).isPresent());
    return plain ? weight.flatMap(w -> of(node, w)) : Optional.empty();
  }

  private static Optional<TensorProto> own(Graph graph, String constant) {
    return graph
        .constant(constant)
        .filter(t -> t.getDataType() == ElementType.FLOAT.number())
        .filter(t -> graph.onlyUser(constant).isPresent());
  }

  private static Optional<Linear> of(Node node, TensorProto weight) {
    List<Long> d = weight.getDimsList();
    long kernel = d.stream().skip(2).reduce(1L, (a, b) -> a * b);
    long group = node.integer("group", 1);
    boolean matrix = d.size() == 2;
    boolean across = d.size() > 2 && group == 1;
    return switch (node.op()) {
      case "Conv" ->
          across
              ? made(node, weight, 0, d.get(1) * kernel, 1, kernel)
              : d.size() > 2 && group == d.get(0) && d.get(1) == 1
                  ? made(node, weight, 0, kernel, 0, kernel) // depthwise
                  : Optional.empty();
      case "ConvTranspose" ->
          across ? made(node, weight, 1, kernel, 0, d.get(1) * kernel) : Optional.empty();
      case "MatMul" -> matrix ? made(node, weight, 1, 1, 0, d.get(1)) : Optional.empty();
      case "Gemm" ->
          !matrix
              ? Optional.empty()
              : node.integer("transB", 0) == 1
                  ? made(node, weight, 0, d.get(1), 1, 1)
                  : made(node, weight, 1, 1, 0, d.get(1));
      default -> Optional.empty();
    };
  }

  private static Optional<Linear> made(
      Node node, TensorProto w, int out, long outInner, int in, long inInner) {
    int outputs = Math.toIntExact(w.getDims(out));
    return Optional.of(
        new Linear(node, w.getName(), outputs, outInner, (int) w.getDims(in), inInner));
  }

  /** The largest magnitude of the weights of each output channel. */
  double[] largestByOutput(OnnxModel model, Graph graph) throws IOException {
    return largest(model, graph, outputs, outputInner);
  }

  /** The largest magnitude of the weights of each input channel. */
  double[] largestByInput(OnnxModel model, Graph graph) throws IOException {
    return largest(model, graph, inputs, inputInner);
  }

  private double[] largest(OnnxModel model, Graph graph, int channels, long inner)
      throws IOException {
    double[] largest = new double[channels];
    long[] at = {0};
    model
        .payload(graph.constant(weight).orElseThrow())
        .read(block -> at[0] = add(largest, block, at[0], inner));
    return largest;
  }

  private static long add(double[] largest, ByteBuffer block, long from, long inner) {
    long at = from;
    while (block.hasRemaining()) {
      int channel = (int) (at++ / inner % largest.length);
      largest[channel] = Math.max(largest[channel], Math.abs(block.getFloat()));
    }
    return at;
  }

  /** Multiplies what each output channel gives. */
  void scaleOutputs(OnnxModel model, Graph graph, double[] factors) {
    scale(model, graph, weight, factors, outputInner);
    if (node.hasInput(2)) {
      scale(model, graph, node.input(2), factors, 1);
    }
  }

  /** Multiplies what each input channel counts for. */
  void scaleInputs(OnnxModel model, Graph graph, double[] factors) {
    scale(model, graph, weight, factors, inputInner);
  }

  private static void scale(
      OnnxModel model, Graph graph, String name, double[] factors, long inner) {
    TensorProto tensor = graph.constant(name).orElseThrow();
    graph.put(
        model.attach(tensor, new ScaledPayload(model.payload(tensor), factors.clone(), inner)));
  }

  /**
   * Whether a constant in an input channel adds another to each output channel, which a bias can
   * hold: no tap of it lies outside.
   */
  boolean takesConstants(Graph graph) {
    boolean explicit = Set.of("NOTSET", "VALID").contains(node.text("auto_pad", "NOTSET"));
    boolean inside = explicit && node.integers("pads").stream().allMatch(pad -> pad == 0);
    return hasPlainBias(graph) && (node.is("Gemm") || (node.is("Conv") && inside));
  }

  /** What each output channel gives when each input channel is a constant, without the bias. */
  double[] products(OnnxModel model, Graph graph, double[] constants) throws IOException {
    double[] products = new double[outputs];
    double[] weights = TensorValues.doubles(model, graph.constant(weight).orElseThrow());
    for (int i = 0; i < weights.length; i++) {
      int output = (int) (i / outputInner % outputs);
      products[output] += weights[i] * constants[(int) (i / inputInner % inputs)];
    }
    return products;
  }

  /** Whether its channels are the last axis of its input and output, else they are axis 1. */
  boolean isMatrix() {
    return node.is("MatMul") || node.is("Gemm");
  }

  /** Whether its bias, if any, has one value for each output channel. */
  boolean hasPlainBias(Graph graph) {
    return !node.hasInput(2)
        || graph
            .constant(node.input(2))
            .filter(b -> b.getDimsCount() == 1 && b.getDims(0) == outputs)
            .isPresent();
  }
}
