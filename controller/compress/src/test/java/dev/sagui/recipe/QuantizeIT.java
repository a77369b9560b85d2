/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.isa.KnownBoards;
import dev.sagui.json.Fields;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeIT {
  private static final String INT8 =
      "steps: [fold, {quantize: {weights: int8, activations: int8}}, {store: {weights: int8}}]";

  @TempDir Path folder;

  /** The target of a generator: a third of the bytes, its transposed convolutions in int8. */
  @Test
  void aGeneratorComputesInInt8() throws IOException {
    CompressionReport report = compress(DemoModels.VAE_DECODER, INT8, "vae");
    assertTrue(report.output().bytes() <= 0.31 * report.input().bytes());
    assertTrue(report.comparison().orElseThrow().quality().psnrDb() > 46);
    assertEquals(256, report.comparison().orElseThrow().quality().samples());
    List<String> operators =
        OnnxModel.open(folder.resolve("vae")).facts().operators().keySet().stream().toList();
    assertTrue(operators.contains("QuantizeLinear"));
    assertFalse(operators.contains("ConvTranspose"));
  }

  @Test
  void theSameRecipeGivesTheSameBytes() throws IOException {
    compress(DemoModels.DCGAN, INT8, "a");
    compress(DemoModels.DCGAN, INT8, "b");
    assertEquals(
        -1,
        Files.mismatch(
            folder.resolve("a").resolve("model.onnx"), folder.resolve("b").resolve("model.onnx")));
  }

  @Test
  void theFormatIsTheDevices() throws IOException {
    CompressionReport report =
        new Compression(1, Optional.of(KnownBoards.get("raspberry-pi-4")))
            .compress(
                DemoModels.DCGAN, RecipeFile.parse(INT8), folder.resolve("pi"), Progress.NONE);
    assertEquals("s8s8", quantized(report).metrics().get("format"));
    assertEquals(false, quantized(report).metrics().get("latency_tells"));
  }

  @Test
  void whatIsQuantizedAlreadyIsRefused() throws IOException {
    compress(DemoModels.DCGAN, INT8, "once");
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> compress(folder.resolve("once"), INT8, "twice"));
    assertTrue(String.valueOf(refused.getMessage()).contains("quantized already"));
    assertFalse(Files.exists(folder.resolve("twice")));
  }

  @Test
  void whatGrowsIsTakenBackAndSaid() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 4, 2, 2}));
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 1, 1));
    graph.addNode(node("Conv", "y", "x", "w"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("tiny.onnx"));
    CompressionReport report = compress(model, "steps: [quantize]", "tiny");
    StepRecord step = quantized(report);
    assertFalse(step.changed());
    assertTrue(step.reverted(), step.reason());
    assertTrue(step.reason().contains("taken back"), step.reason());
    assertTrue(report.comparison().orElseThrow().quality().identical());
  }

  @Test
  void aModelWithoutLayersSaysWhatWasLookedFor() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 4}));
    graph.addNode(node("Relu", "y", "x"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("none.onnx"));
    StepRecord step = quantized(compress(model, INT8, "none"));
    assertTrue(step.reason().contains("no layer with constant float32 weights"), step.reason());
  }

  /** Another graph draws other numbers: no error could be told from noise. */
  @Test
  void aModelThatDrawsRandomNumbersIsLeftWithTheReason() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 4, 8, 8}));
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 3, 3));
    graph.addNode(node("RandomNormalLike", "n", "x"));
    graph.addNode(node("Add", "s", "x", "n"));
    graph.addNode(node("Conv", "y", "s", "w"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("random.onnx"));
    StepRecord step = quantized(compress(model, INT8, "random"));
    assertFalse(step.changed());
    assertTrue(step.reason().contains("RandomNormalLike"), step.reason());
  }

  @Test
  void autoSaysWhatEachFormGave() throws IOException {
    CompressionReport report =
        compress(DemoModels.DCGAN, "steps: [fold, {quantize: {weights: auto}}]", "auto");
    StepRecord step = quantized(report);
    assertTrue(step.reason().contains("int8: "), step.reason());
    assertTrue(step.reason().contains("dynamic: "), step.reason());
  }

  /** Dynamic int8 of these products keeps less than the usual, and costs this machine time. */
  @Test
  void autoHoldsTheBarThatItIsGiven() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 96}));
    graph.addInitializer(TestModels.weights("w", 1, 96, 96));
    graph.addInitializer(TestModels.weights("v", 2, 96, 96));
    graph.addNode(node("MatMul", "h", "x", "w"));
    graph.addNode(node("Relu", "r", "h"));
    graph.addNode(node("MatMul", "y", "r", "v"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("products.onnx"));
    for (int bar : new int[] {15, 60}) {
      CompressionReport report =
          new Compression(1, Optional.of(KnownBoards.get("raspberry-pi-5")))
              .compress(
                  model,
                  RecipeFile.parse("steps: [{quantize: {weights: auto, sqnr: %d}}]".formatted(bar)),
                  folder.resolve("auto" + bar),
                  Progress.NONE);
      StepRecord step = quantized(report);
      assertEquals(bar == 15, step.changed(), step.reason());
      assertTrue(step.reason().contains("those with %d.0 dB".formatted(bar)), step.reason());
    }
  }

  @Test
  void theReportHoldsWhatWasDecided() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 8, 6, 6}));
    graph.addInitializer(TestModels.weights("w", 1, 32, 8, 3, 3));
    graph.addInitializer(TestModels.weights("v", 2, 8, 32, 3, 3));
    graph.addNode(node("Conv", "h", "x", "w")).addNode(node("Relu", "r", "h"));
    graph.addNode(node("Conv", "y", "r", "v"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"));
    new Compression(1, Optional.of(KnownBoards.get("raspberry-pi-5")))
        .compress(
            model, RecipeFile.parse("steps: [quantize]"), folder.resolve("out"), Progress.NONE);
    Fields report = Fields.parse(Files.readAllBytes(folder.resolve("out/report.json")));
    Fields choices = report.objects("steps", step -> step).get(0).object("choices");
    assertEquals(2, choices.strings("int8").size());
    assertEquals(List.of(), choices.strings("float32"));
    assertEquals(3, choices.object("ranges").keys().size());
  }

  @Test
  void manyDecisionsStandInAFileOfTheirOwn() {
    Map<String, Object> ranges = new TreeMap<>();
    for (int i = 0; i <= 500; i++) {
      ranges.put("value" + i, List.of(-1, 1));
    }
    StepRecord step =
        new StepRecord(
            Quantize.parse("int8", Tolerance.ofSqnr(25)),
            true,
            false,
            "",
            1,
            2,
            1,
            Map.of(),
            Map.of("ranges", ranges));
    assertTrue(ReportFiles.apart(List.of(step)));
    assertEquals(Map.of("file", "choices.json"), step.json(true).get("choices"));
  }

  private static StepRecord quantized(CompressionReport report) {
    return report.steps().stream()
        .filter(step -> step.step() instanceof Quantize)
        .findFirst()
        .orElseThrow();
  }

  private CompressionReport compress(Path model, String recipe, String out) throws IOException {
    return new Compression(1, Optional.empty())
        .compress(model, RecipeFile.parse(recipe), folder.resolve(out), Progress.NONE);
  }
}
