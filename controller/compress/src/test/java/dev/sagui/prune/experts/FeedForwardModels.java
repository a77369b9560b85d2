/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import static dev.sagui.onnx.TestModels.floats;
import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static dev.sagui.onnx.TestModels.weights;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;
import java.util.SplittableRandom;

/** Small models with feed-forward blocks, input x, output y. */
final class FeedForwardModels {
  static final int INPUTS = 16;
  static final int HIDDEN = 256;
  static final int OUTPUTS = 24;

  private FeedForwardModels() {}

  /** Two MatMul with biases around Relu. */
  static ModelProto relu() {
    return model(
        matrices(graph(List.of("x"), List.of(new long[] {-1, INPUTS})))
            .addNode(node("Relu", "h", "b"))
            .addNode(node("MatMul", "p2", "h", "w2"))
            .addNode(node("Add", "y", "p2", "b2")));
  }

  /** Gelu as exporters write it, on three dimensions, no bias behind. */
  static ModelProto gelu() {
    return model(
        matrices(graph(List.of("x"), List.of(new long[] {-1, 5, INPUTS})))
            .addInitializer(floats("root", new float[] {1.4142135f}))
            .addInitializer(floats("one", new float[] {1}))
            .addInitializer(floats("half", new float[] {0.5f}))
            .addNode(node("Div", "g1", "b", "root"))
            .addNode(node("Erf", "g2", "g1"))
            .addNode(node("Add", "g3", "g2", "one"))
            .addNode(node("Mul", "g4", "b", "g3"))
            .addNode(node("Mul", "h", "g4", "half"))
            .addNode(node("MatMul", "y", "h", "w2")));
  }

  /** Two Gemm around x · sigmoid(x), the second with a turned weight. */
  static ModelProto silu() {
    return model(
        graph(List.of("x"), List.of(new long[] {-1, INPUTS}))
            .addInitializer(weights("w1", 1, INPUTS, HIDDEN))
            .addInitializer(weights("b1", 2, HIDDEN))
            .addInitializer(weights("w2", 3, OUTPUTS, HIDDEN))
            .addInitializer(weights("b2", 4, OUTPUTS))
            .addNode(node("Gemm", "b", "x", "w1", "b1"))
            .addNode(node("Sigmoid", "s", "b"))
            .addNode(node("Mul", "h", "b", "s"))
            .addNode(node("Gemm", "y", "h", "w2", "b2").addAttribute(number("transB", 1))));
  }

  /** Two blocks, one behind the other. */
  static ModelProto two() {
    return model(
        matrices(graph(List.of("x"), List.of(new long[] {-1, INPUTS})))
            .addInitializer(weights("w3", 5, OUTPUTS, HIDDEN))
            .addInitializer(weights("w4", 6, HIDDEN, OUTPUTS))
            .addNode(node("Tanh", "h", "b"))
            .addNode(node("MatMul", "m", "h", "w2"))
            .addNode(node("Relu", "z", "m"))
            .addNode(node("Identity", "same", "z"))
            .addNode(node("Softmax", "soft", "same"))
            .addNode(node("MatMul", "v", "soft", "w3"))
            .addNode(node("Tanh", "u", "v"))
            .addNode(node("MatMul", "y", "u", "w4")));
  }

  private static GraphProto.Builder matrices(GraphProto.Builder graph) {
    return graph
        .addInitializer(weights("w1", 1, INPUTS, HIDDEN))
        .addInitializer(weights("b1", 2, HIDDEN))
        .addInitializer(weights("w2", 3, HIDDEN, OUTPUTS))
        .addInitializer(weights("b2", 4, OUTPUTS))
        .addNode(node("MatMul", "p1", "x", "w1"))
        .addNode(node("Add", "b", "b1", "p1"));
  }

  /**
   * Neurons that belong to one of {@code count} inputs, in no order: they are silent unless it is
   * above 0.7.
   */
  static ModelProto planted(int count) {
    SplittableRandom random = new SplittableRandom(1);
    float[] up = new float[INPUTS * HIDDEN];
    float[] bias = new float[HIDDEN];
    for (int f = 0; f < HIDDEN; f++) {
      float gain = 8 + 4 * (float) random.nextDouble();
      up[f % count * HIDDEN + f] = gain;
      bias[f] = -0.7f * gain;
    }
    return model(
        graph(List.of("x"), List.of(new long[] {-1, INPUTS}))
            .addInitializer(floats("w1", up, INPUTS, HIDDEN))
            .addInitializer(floats("b1", bias, HIDDEN))
            .addInitializer(weights("w2", 3, HIDDEN, OUTPUTS))
            .addInitializer(weights("b2", 4, OUTPUTS))
            .addNode(node("MatMul", "p1", "x", "w1"))
            .addNode(node("Add", "b", "p1", "b1"))
            .addNode(node("Relu", "h", "b"))
            .addNode(node("MatMul", "p2", "h", "w2"))
            .addNode(node("Add", "y", "p2", "b2")));
  }
}
