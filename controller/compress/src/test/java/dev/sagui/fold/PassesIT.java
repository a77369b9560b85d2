/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every pass on a graph made for it; {@link Cleanup} itself compares the outputs. */
class PassesIT {
  @TempDir Path folder;
  private Scratch scratch;

  @BeforeEach
  void open() throws IOException {
    scratch = Scratch.create();
  }

  @AfterEach
  void close() throws IOException {
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchNormGoesIntoAConvolution(int group) throws IOException {
    GraphProto.Builder graph = image();
    graph.addInitializer(TestModels.weights("w", 1, 8, 4 / group, 3, 3));
    graph.addNode(
        TestModels.node("Conv", "c", "x", "w").addAttribute(TestModels.number("group", group)));
    batchNorm(graph, "y", "c", 8);
    assertEquals(Map.of("Conv", 1), operators(graph));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchNormGoesIntoATransposedConvolution(int group) throws IOException {
    GraphProto.Builder graph = image();
    graph.addInitializer(TestModels.weights("w", 1, 4, 8 / group, 3, 3));
    graph.addInitializer(TestModels.weights("b", 2, 8));
    graph.addNode(
        TestModels.node("ConvTranspose", "c", "x", "w", "b")
            .addAttribute(TestModels.number("group", group))
            .addAttribute(TestModels.ints("strides", 2, 2)));
    batchNorm(graph, "y", "c", 8);
    assertEquals(Map.of("ConvTranspose", 1), operators(graph));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatFollowsAProductChannelByChannelGoesIntoIt(int transposed) throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 6}));
    graph.addInitializer(
        transposed == 1 ? TestModels.weights("w", 1, 5, 6) : TestModels.weights("w", 1, 6, 5));
    graph.addInitializer(TestModels.weights("s", 2, 5));
    graph.addInitializer(TestModels.weights("t", 3, 1, 5));
    graph.addInitializer(TestModels.floats("two", new float[] {2}));
    graph.addNode(
        TestModels.node("Gemm", "a", "x", "w")
            .addAttribute(TestModels.number("transB", transposed)));
    graph.addNode(TestModels.node("Mul", "b", "s", "a"));
    graph.addNode(TestModels.node("Sub", "c", "t", "b"));
    graph.addNode(TestModels.node("Div", "d", "c", "two"));
    batchNorm(graph, "y", "d", 5);
    assertEquals(Map.of("Gemm", 1), operators(graph));
  }

  @Test
  void weightsUsedTwiceAreFoldedForOneUserOnly() throws IOException {
    GraphProto.Builder graph = image();
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 1, 1));
    graph.addNode(TestModels.node("Conv", "c", "x", "w"));
    batchNorm(graph, "d", "c", 4);
    graph.addNode(TestModels.node("Conv", "y", "d", "w"));
    assertEquals(Map.of("Conv", 2), operators(graph));
  }

  @Test
  void whatOthersSeeIsNotFolded() throws IOException {
    GraphProto.Builder graph = image();
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 1, 1));
    graph.addNode(TestModels.node("Conv", "c", "x", "w"));
    batchNorm(graph, "d", "c", 4);
    graph.addNode(TestModels.node("Add", "y", "c", "d"));
    assertEquals(Map.of("Conv", 1, "BatchNormalization", 1, "Add", 1), operators(graph));
  }

  @Test
  void equalNodesAndEqualWeightsBecomeOne() throws IOException {
    GraphProto.Builder graph = image();
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 1, 1));
    graph.addInitializer(TestModels.weights("v", 1, 4, 4, 1, 1));
    graph.addNode(TestModels.node("Conv", "a", "x", "w"));
    graph.addNode(TestModels.node("Conv", "b", "x", "v"));
    graph.addNode(TestModels.node("Relu", "c", "a"));
    graph.addNode(TestModels.node("Relu", "d", "b"));
    graph.addNode(TestModels.node("Add", "y", "c", "d"));
    OnnxModel folded = folded(graph);
    assertEquals(Map.of("Conv", 1, "Relu", 1, "Add", 1), folded.facts().operators());
    assertEquals(16, folded.facts().parameters());
  }

  @Test
  void identitiesGoAndInputsAndOutputsKeepTheirNames() throws IOException {
    GraphProto.Builder graph = image();
    graph.addNode(TestModels.node("Identity", "a", "x"));
    graph.addNode(
        TestModels.node("Transpose", "b", "a").addAttribute(TestModels.ints("perm", 0, 1, 2, 3)));
    graph.addNode(TestModels.node("Dropout", "c", "b"));
    graph.addNode(TestModels.node("Relu", "d", "c"));
    graph.addNode(TestModels.node("Identity", "y", "d"));
    OnnxModel folded = folded(graph);
    assertEquals(Map.of("Relu", 1), folded.facts().operators());
    assertEquals("x", folded.graph().getNode(0).getInput(0));
    assertEquals("y", folded.graph().getNode(0).getOutput(0));
  }

  @Test
  void constantsAreComputedButCompactWeightsStayCompact() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}));
    graph.addInitializer(TestModels.weights("w", 1, 32, 64));
    graph.addInitializer(TestModels.weights("s", 1, 32, 1));
    graph.addNode(TestModels.node("Mul", "scaled", "w", "s"));
    graph.addNode(
        TestModels.node("Transpose", "turned", "scaled")
            .addAttribute(TestModels.ints("perm", 1, 0)));
    graph.addNode(TestModels.node("MatMul", "y", "x", "turned"));
    OnnxModel folded = folded(graph);
    assertEquals(Map.of("MatMul", 1), folded.facts().operators());

    OnnxModel stored =
        dev.sagui.quantize.WeightStore.apply(
                folded, dev.sagui.quantize.StoreFormat.INT8, Progress.NONE)
            .model();
    Path out = java.nio.file.Files.createDirectory(folder.resolve("stored"));
    dev.sagui.onnx.ModelWriter.write(stored, out, Progress.NONE);
    OnnxModel again = apply(OnnxModel.open(out), List.of());
    assertEquals(Map.of("Cast", 1, "MatMul", 1, "Mul", 1), again.facts().operators());
  }

  @Test
  void hardSigmoidIsRecognized() throws IOException {
    GraphProto.Builder graph = image();
    for (var each : Map.of("three", 3f, "zero", 0f, "six", 6f).entrySet()) {
      graph.addInitializer(TestModels.floats(each.getKey(), new float[] {each.getValue()}));
    }
    graph.addNode(TestModels.node("Add", "a", "x", "three"));
    graph.addNode(TestModels.node("Clip", "b", "a", "zero", "six"));
    graph.addNode(TestModels.node("Mul", "c", "x", "b"));
    graph.addNode(TestModels.node("Div", "y", "c", "six"));
    assertEquals(Map.of("HardSigmoid", 1, "Mul", 1), operators(graph));
  }

  @Test
  void passThatBreaksTheModelIsTakenBackAndTheOthersStay() throws IOException {
    GraphProto.Builder graph = image();
    graph.addNode(TestModels.node("Identity", "a", "x"));
    graph.addNode(TestModels.node("Relu", "y", "a"));
    Pass breaking =
        new Pass() {
          @Override
          public String name() {
            return "breaking";
          }

          @Override
          public int apply(Bench bench) {
            Graph edited = bench.graph();
            var node = edited.producer("y").orElseThrow();
            NodeProto other = node.proto().toBuilder().setOpType("Neg").build();
            edited.set(node, other);
            return 1;
          }
        };
    OnnxModel model = open(graph);
    Cleanup.Result result =
        Cleanup.apply(
            model, List.of(new Identities(), breaking), inputs(model), scratch, Progress.NONE);
    assertEquals(Map.of("Relu", 1), result.model().facts().operators());
    assertEquals(false, result.passes().get(1).reverted());
    assertEquals(true, result.passes().get(2).reverted());
    assertTrue(result.passes().get(2).reason().contains("is off by"), result.toString());
  }

  private static GraphProto.Builder image() {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, 4, 5, 5}));
  }

  private static void batchNorm(
      GraphProto.Builder graph, String output, String input, int channels) {
    for (String part : List.of("scale", "bias", "mean")) {
      graph.addInitializer(TestModels.weights(output + part, part.length(), channels));
    }
    float[] variance = new float[channels];
    for (int c = 0; c < channels; c++) {
      variance[c] = 0.5f + c;
    }
    graph.addInitializer(TestModels.floats(output + "variance", variance, channels));
    graph.addNode(
        TestModels.node(
                "BatchNormalization",
                output,
                input,
                output + "scale",
                output + "bias",
                output + "mean",
                output + "variance")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("epsilon")
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(1e-3f)));
  }

  private Map<String, Integer> operators(GraphProto.Builder graph) throws IOException {
    return folded(graph).facts().operators();
  }

  private OnnxModel folded(GraphProto.Builder graph) throws IOException {
    OnnxModel model = open(graph);
    return apply(model, inputs(model));
  }

  private OnnxModel open(GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
  }

  private static List<Tensor> inputs(OnnxModel model) {
    ModelFacts facts = model.facts();
    return Samples.of(facts, DataSpec.parse("random:3:2:-1..1")).first(2);
  }

  private OnnxModel apply(OnnxModel model, List<Tensor> inputs) throws IOException {
    Cleanup.Result result = Cleanup.apply(model, inputs, scratch, Progress.NONE);
    result.passes().forEach(pass -> assertEquals("", pass.reason(), pass.pass()));
    return result.model();
  }
}
