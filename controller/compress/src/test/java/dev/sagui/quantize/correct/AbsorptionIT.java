/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.qdq.StaticInt8;
import dev.sagui.quantize.qdq.StaticOptions;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbsorptionIT {
  private static final int CHANNELS = 16;
  private static final float[] BIASES = biases();

  @TempDir Path folder;

  @Test
  void outputsStayThroughConvolutionsThatDoNotPad() throws IOException {
    OnnxModel model = open(convolutions(0));
    Graph graph = new Graph(model);
    assertEquals(CHANNELS / 2, absorbed(model, graph));
    assertOutputsStay(model, graph);
  }

  @Test
  void outputsStayThroughMatricesAndDepthwiseLayersWithoutABias() throws IOException {
    OnnxModel matrices =
        open(
            TestModels.graph(List.of("x"), List.of(new long[] {-1, 3}))
                .addInitializer(TestModels.weights("w", 1, CHANNELS, 3))
                .addInitializer(TestModels.floats("b", BIASES, CHANNELS))
                .addInitializer(TestModels.weights("v", 3, CHANNELS, 4))
                .addNode(node("Gemm", "h", "x", "w", "b").addAttribute(number("transB", 1)))
                .addNode(node("Relu", "r", "h"))
                .addNode(node("Gemm", "y", "r", "v")));
    Graph graph = new Graph(matrices);
    assertTrue(absorbed(matrices, graph) > 0);
    assertOutputsStay(matrices, graph);
    OnnxModel depthwise =
        open(
            start()
                .addInitializer(TestModels.weights("v", 3, CHANNELS, 1, 3, 3))
                .addNode(node("Conv", "y", "r", "v").addAttribute(number("group", CHANNELS))));
    graph = new Graph(depthwise);
    assertTrue(absorbed(depthwise, graph) > 0);
    assertOutputsStay(depthwise, graph);
  }

  @Test
  void layerThatPadsIsLeft() throws IOException {
    OnnxModel model = open(convolutions(1));
    assertEquals(0, absorbed(model, new Graph(model)));
  }

  @Test
  void staticInt8OfLargeBiasesIsNearer() throws IOException {
    OnnxModel model = open(convolutions(0));
    Graph graph = new Graph(model);
    absorbed(model, graph);
    double before = int8Sqnr(model, model);
    double after = int8Sqnr(model, with(model, graph));
    assertTrue(after > before + 6, "%.1f dB after %.1f".formatted(after, before));
  }

  private int absorbed(OnnxModel model, Graph graph) throws IOException {
    return Absorption.apply(model, graph, samples(model), 1);
  }

  private static void assertOutputsStay(OnnxModel model, Graph graph) throws IOException {
    List<Tensor> inputs = samples(model).first(8);
    try (OrtModel before = OrtModel.open(model, 1, false);
        OrtModel after = OrtModel.open(with(model, graph), 1, false)) {
      float[] wanted = before.run(inputs).get(0).floats();
      assertArrayEquals(wanted, after.run(inputs).get(0).floats(), 5e-3f);
    }
  }

  private double int8Sqnr(OnnxModel source, OnnxModel model) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      StaticOptions options =
          new StaticOptions(
              Int8Format.of(HostMachine.profile()),
              Optional.empty(),
              Set.of(),
              Optional.<Tolerance>empty());
      Samples samples = samples(model);
      OnnxModel int8 =
          StaticInt8.apply(model, options, samples.forCalibration(), scratch, 1, Progress.NONE)
              .model();
      Path out = Files.createTempDirectory(folder, "int8");
      ModelWriter.write(int8, out, Progress.NONE);
      return Comparison.of(source, OnnxModel.open(out), samples, "", 1, Progress.NONE)
          .quality()
          .sqnrDb();
    }
  }

  private static Samples samples(OnnxModel model) {
    return Samples.of(model.facts(), DataSpec.latents(1, 64));
  }

  private static OnnxModel with(OnnxModel model, Graph graph) {
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  private OnnxModel open(GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
  }

  private static GraphProto.Builder convolutions(long padding) {
    AttributeProto.Builder pads =
        AttributeProto.newBuilder()
            .setName("pads")
            .setType(AttributeProto.AttributeType.INTS)
            .addAllInts(List.of(padding, padding, padding, padding));
    TensorProto weight = TestModels.weights("v", 3, 8, CHANNELS, 3, 3);
    return start()
        .addInitializer(weight)
        .addInitializer(opposed(weight))
        .addInitializer(TestModels.weights("u", 5, 4, 8, 3, 3))
        .addNode(node("Conv", "m", "r", "v", "c").addAttribute(pads))
        .addNode(node("Relu", "s", "m"))
        .addNode(node("Conv", "y", "s", "u"));
  }

  /** Of its channels every second one is always far above zero. */
  private static GraphProto.Builder start() {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, 3, 10, 10}))
        .addInitializer(TestModels.weights("w", 1, CHANNELS, 3, 3, 3))
        .addInitializer(TestModels.floats("b", BIASES, CHANNELS))
        .addNode(node("Conv", "h", "x", "w", "b"))
        .addNode(node("Relu", "r", "h"));
  }

  private static float[] biases() {
    float[] values = new float[CHANNELS];
    for (int c = 0; c < CHANNELS; c += 2) {
      values[c] = 150 + c;
    }
    return values;
  }

  /** A bias that takes off what the first layer's bias brings, as a normalization would. */
  private static TensorProto opposed(TensorProto weight) {
    FloatBuffer values =
        weight.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] opposed = new float[8];
    int taps = values.remaining() / opposed.length;
    for (int i = 0; values.hasRemaining(); i++) {
      opposed[i / taps] -= values.get() * BIASES[i % taps / 9];
    }
    return TestModels.floats("c", opposed, opposed.length);
  }
}
