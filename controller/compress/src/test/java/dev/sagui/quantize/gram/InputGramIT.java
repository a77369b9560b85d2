/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Moments are held against the layer's own outputs: E[y²] of output o is w_o H w_o'. */
class InputGramIT {
  private static final DataSpec DATA = DataSpec.latents(3, 20);

  @TempDir Path folder;

  static Stream<Arguments> layers() {
    return Stream.of(
        layer("MatMul", new long[] {-1, 6}, new long[] {6, 5}),
        layer("MatMul", new long[] {-1, 3, 6}, new long[] {6, 5}),
        layer("Gemm", new long[] {-1, 6}, new long[] {6, 5}),
        layer("Conv", new long[] {-1, 4, 9}, new long[] {5, 4, 3}),
        Arguments.of(
            Named.of(
                "Conv, 2-D, groups, strides, dilations, pads",
                TestModels.node("Conv", "y", "x", "w")
                    .addAttribute(TestModels.number("group", 2))
                    .addAttribute(TestModels.ints("strides", 2, 1))
                    .addAttribute(TestModels.ints("dilations", 1, 2))
                    .addAttribute(TestModels.ints("pads", 1, 0, 2, 3))
                    .build()),
            new long[] {-1, 4, 9, 8},
            new long[] {6, 2, 3, 2}),
        Arguments.of(
            Named.of(
                "Conv, SAME_UPPER",
                TestModels.node("Conv", "y", "x", "w")
                    .addAttribute(
                        ai.onnx.proto.OnnxMl.AttributeProto.newBuilder()
                            .setName("auto_pad")
                            .setType(ai.onnx.proto.OnnxMl.AttributeProto.AttributeType.STRING)
                            .setS(com.google.protobuf.ByteString.copyFromUtf8("SAME_UPPER")))
                    .addAttribute(TestModels.ints("strides", 2, 2))
                    .build()),
            new long[] {-1, 3, 8, 7},
            new long[] {4, 3, 3, 2}));
  }

  private static Arguments layer(String op, long[] input, long[] weight) {
    return Arguments.of(
        Named.of(op + input.length, TestModels.node(op, "y", "x", "w").build()), input, weight);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void momentsGiveTheEnergyOfEachOutput(NodeProto node, long[] input, long[] weight)
      throws IOException {
    TensorProto w = TestModels.weights("w", 5, weight);
    OnnxModel model = open(node, input, w);
    List<InputGram> grams = grams(model, w);
    Tensor y;
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      y = session.run(Samples.of(model.facts(), DATA).first(20)).get(0);
    }
    boolean convolution = node.getOpType().equals("Conv");
    int outputs = (int) (convolution ? weight[0] : weight[1]);
    for (int o = 0; o < outputs; o++) {
      InputGram gram = grams.get(o / (outputs / grams.size()));
      double[] row = row(floats(w), o, gram.size(), convolution ? 0 : outputs);
      double expected = energy(y, o, outputs, convolution);
      assertEquals(expected, quadratic(row, gram), 1e-5 * expected);
    }
  }

  @Test
  void pixelsOfTransposedConvolutionsAreTakenByGroup() throws IOException {
    NodeProto node =
        TestModels.node("ConvTranspose", "y", "x", "w")
            .addAttribute(TestModels.number("group", 2))
            .build();
    TensorProto w = TestModels.weights("w", 5, 4, 3, 2, 2);
    OnnxModel model = open(node, new long[] {-1, 4, 3, 5}, w);
    float[] x = Samples.of(model.facts(), DATA).first(20).get(0).floats();
    List<InputGram> grams = grams(model, w);
    assertEquals(2, grams.size());
    double[] expected = new double[4];
    double[] mean = new double[2];
    for (int at = 0; at < x.length; at++) {
      int channel = at / 15 % 4;
      if (channel >= 2) {
        for (int other = 2; other < 4; other++) {
          double product = (double) x[at] * x[at + (other - channel) * 15] / 300;
          expected[(channel - 2) * 2 + other - 2] += product;
        }
        mean[channel - 2] += x[at] / 300.0;
      }
    }
    assertArrayEquals(expected, grams.get(1).second(), 1e-9);
    assertArrayEquals(mean, grams.get(1).mean(), 1e-9);
    assertEquals(300, grams.get(1).count());
  }

  @Test
  void valuesInsideTheGraphAreTapped() throws IOException {
    OnnxModel model =
        write(
            TestModels.graph(List.of("x"), List.of(new long[] {-1, 6}))
                .addInitializer(TestModels.weights("w", 5, 6, 5))
                .addNode(TestModels.node("Relu", "h", "x"))
                .addNode(TestModels.node("MatMul", "y", "h", "w")));
    InputGram gram = grams(model, TestModels.weights("w", 5, 6, 5)).get(0);
    for (double mean : gram.mean()) {
      assertEquals(0.4, mean, 0.4); // of a rectified normal value, in 20 samples
    }
    assertEquals(20, gram.count());
  }

  private OnnxModel open(NodeProto node, long[] input, TensorProto w) throws IOException {
    return write(TestModels.graph(List.of("x"), List.of(input)).addInitializer(w).addNode(node));
  }

  private OnnxModel write(ai.onnx.proto.OnnxMl.GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("model.onnx")));
  }

  private static List<InputGram> grams(OnnxModel model, TensorProto w) throws IOException {
    Node last = new Graph(model).producer("y").orElseThrow();
    LayerInput input = LayerInput.of(last, w.getDimsList()).orElseThrow();
    return InputGram.of(model, List.of(input), Samples.of(model.facts(), DATA), 1).get(input);
  }

  private static float[] floats(TensorProto tensor) {
    float[] values = new float[tensor.getRawData().size() / 4];
    tensor
        .getRawData()
        .asReadOnlyByteBuffer()
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  /** Weights of one output; {@code stride} 0 where they lie together. */
  private static double[] row(float[] w, int output, int size, int stride) {
    double[] row = new double[size];
    for (int i = 0; i < size; i++) {
      row[i] = stride == 0 ? w[output * size + i] : w[i * stride + output];
    }
    return row;
  }

  private static double energy(Tensor y, int output, int outputs, boolean convolution) {
    float[] values = y.floats();
    int plane = convolution ? values.length / 20 / outputs : 1;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      if (i / plane % outputs == output) {
        sum += (double) values[i] * values[i];
      }
    }
    return sum * outputs / values.length;
  }

  private static double quadratic(double[] row, InputGram gram) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < row.length; j++) {
        sum += row[i] * gram.second()[i * row.length + j] * row[j];
      }
    }
    return sum;
  }
}
