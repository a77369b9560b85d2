/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Small teachers made in code. */
final class Teachers {
  private static final int CHANNELS = 16;

  private Teachers() {}

  static OnnxModel open(ModelProto model, Path folder) throws IOException {
    return OnnxModel.open(TestModels.write(model, folder.resolve("teacher.onnx")));
  }

  /**
   * z [n, 16] to an image [n, 3, 8, 8]: a convolution, then a transposed one, both nearly what
   * depthwise and pointwise ones compute.
   */
  static ModelProto generator() {
    return separable(0.02);
  }

  /** The same with layers that are just that. */
  static ModelProto separable() {
    return separable(0);
  }

  private static ModelProto generator(
      ai.onnx.proto.OnnxMl.TensorProto conv, ai.onnx.proto.OnnxMl.TensorProto transposed) {
    GraphProto.Builder graph =
        TestModels.graph(List.of("z"), List.of(new long[] {-1, 16}))
            .addInitializer(
                TestModels.floats("w1", floats(256 * CHANNELS, 1, 2), 16, CHANNELS * 16))
            .addInitializer(TestModels.floats("b1", floats(16 * CHANNELS, 2, 1), CHANNELS * 16))
            .addInitializer(TensorValues.longs(-1, CHANNELS, 4, 4).toBuilder().setName("shape"))
            .addInitializer(conv)
            .addInitializer(transposed)
            .addInitializer(TestModels.floats("b3", floats(CHANNELS, 5, 0.2), CHANNELS))
            .addInitializer(TestModels.floats("w4", floats(27 * CHANNELS, 6, 1), 3, CHANNELS, 3, 3))
            .addNode(TestModels.node("Gemm", "a", "z", "w1", "b1"))
            .addNode(TestModels.node("Relu", "ar", "a"))
            .addNode(TestModels.node("Reshape", "r", "ar", "shape"))
            .addNode(
                TestModels.node("Conv", "c", "r", "w2")
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1)))
            .addNode(TestModels.node("Relu", "cr", "c"))
            .addNode(
                TestModels.node("ConvTranspose", "d", "cr", "w3", "b3")
                    .addAttribute(TestModels.ints("strides", 2, 2))
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1)))
            .addNode(TestModels.node("Relu", "dr", "d"))
            .addNode(
                TestModels.node("Conv", "e", "dr", "w4")
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1)))
            .addNode(TestModels.node("Sigmoid", "y", "e"));
    return TestModels.model(graph);
  }

  private static ModelProto separable(double noise) {
    float[] conv = new float[CHANNELS * CHANNELS * 9];
    double[][] mixture = drawn(7, CHANNELS, CHANNELS);
    double[][] kernels = drawn(8, CHANNELS, 9);
    for (int i = 0; i < conv.length; i++) {
      int in = i / 9 % CHANNELS;
      conv[i] = (float) (mixture[in][i / 9 / CHANNELS] * kernels[in][i % 9]);
    }
    float[] transposed = stretched();
    add(conv, floats(conv.length, 11, noise));
    add(transposed, floats(transposed.length, 12, noise));
    return generator(
        TestModels.floats("w2", conv, CHANNELS, CHANNELS, 3, 3),
        TestModels.floats("w3", transposed, CHANNELS, CHANNELS, 4, 4));
  }

  private static void add(float[] into, float[] noise) {
    for (int i = 0; i < into.length; i++) {
      into[i] += noise[i];
    }
  }

  /** A mixture of channels, each position doubled, then a 3×3 kernel for each output. */
  private static float[] stretched() {
    double[][] mixture = drawn(9, CHANNELS, CHANNELS);
    double[][] kernels = drawn(10, CHANNELS, 9);
    float[] weights = new float[CHANNELS * CHANNELS * 16];
    for (int i = 0; i < CHANNELS; i++) {
      for (int o = 0; o < CHANNELS; o++) {
        for (int at = 0; at < 4 * 9; at++) {
          int row = at / 18 + at % 9 / 3;
          int column = at / 9 % 2 + at % 3;
          weights[(i * CHANNELS + o) * 16 + row * 4 + column] +=
              (float) (mixture[i][o] * kernels[o][at % 9]);
        }
      }
    }
    return weights;
  }

  private static double[][] drawn(long seed, int rows, int columns) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = (random.nextDouble() - 0.5) / 2;
      }
    }
    return values;
  }

  /** z [n, 8] to a wave [n, 1, 32]: one transposed convolution along one axis. */
  static ModelProto wave() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("z"), List.of(new long[] {-1, 8}))
            .addInitializer(TestModels.weights("w1", 1, 8, 8 * 8))
            .addInitializer(TensorValues.longs(-1, 8, 8).toBuilder().setName("shape"))
            .addInitializer(TestModels.weights("w2", 3, 8, 8, 8))
            .addInitializer(TestModels.weights("w3", 4, 1, 8, 1))
            .addNode(TestModels.node("MatMul", "a", "z", "w1"))
            .addNode(TestModels.node("Tanh", "t", "a"))
            .addNode(TestModels.node("Reshape", "r", "t", "shape"))
            .addNode(
                TestModels.node("ConvTranspose", "d", "r", "w2")
                    .addAttribute(TestModels.ints("strides", 4))
                    .addAttribute(TestModels.ints("pads", 2, 2)))
            .addNode(TestModels.node("Relu", "dr", "d"))
            .addNode(TestModels.node("Conv", "y", "dr", "w3"));
    return TestModels.model(graph);
  }

  /** z [n, 16] through residual blocks, of which {@code weak} adds next to nothing. */
  static ModelProto residual(int blocks, int weak) {
    GraphProto.Builder graph =
        TestModels.graph(List.of("z"), List.of(new long[] {-1, 16}))
            .addInitializer(TestModels.weights("last", 99, 16, 4));
    String at = "z";
    for (int i = 0; i < blocks; i++) {
      float[] out = floats(16 * 32, 60 + i, i == weak ? 0.002 : 0.2);
      graph
          .addInitializer(TestModels.weights("in" + i, 20 + i, 16, 32))
          .addInitializer(TestModels.floats("out" + i, out, 32, 16))
          .addNode(TestModels.node("MatMul", "h" + i, at, "in" + i))
          .addNode(TestModels.node("Relu", "hr" + i, "h" + i))
          .addNode(TestModels.node("MatMul", "b" + i, "hr" + i, "out" + i))
          .addNode(TestModels.node("Add", "s" + i, "b" + i, at));
      at = "s" + i;
    }
    return TestModels.model(graph.addNode(TestModels.node("MatMul", "y", at, "last")));
  }

  private static float[] floats(int count, long seed, double scale) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * (random.nextDouble() - 0.5));
    }
    return values;
  }

  /** x [6, n, 8], its last state [1, n, 4] by an LSTM of 16 units. */
  static ModelProto recurrent() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {6, 1, 8}))
            .addInitializer(TestModels.weights("w", 1, 1, 64, 8))
            .addInitializer(TestModels.weights("r", 2, 1, 64, 16))
            .addInitializer(TestModels.weights("b", 3, 1, 128))
            .addInitializer(TestModels.weights("last", 4, 16, 4))
            .addNode(
                TestModels.node("LSTM", "all", "x", "w", "r", "b")
                    .addOutput("h")
                    .addAttribute(TestModels.number("hidden_size", 16)))
            .addNode(TestModels.node("MatMul", "y", "h", "last"));
    return TestModels.model(graph);
  }
}
