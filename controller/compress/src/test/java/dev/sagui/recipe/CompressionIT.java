/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.json.Fields;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.StoreFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressionIT {
  @TempDir Path folder;

  @Test
  void writesModelAndReports() throws IOException {
    Path out = folder.resolve("out");
    CompressionReport report = compress(DemoModels.VAE_DECODER, recipe(), out);
    assertTrue(report.met());
    assertEquals(List.of("model.onnx", "report.html", "report.json"), names(out));
    String page = Files.readString(out.resolve("report.html"));
    assertTrue(page.contains("src=\"data:image/png;base64,"), page);
    Fields json = Fields.parse(Files.readAllBytes(out.resolve("report.json")));
    assertEquals(
        List.of(
            "input",
            "output",
            "recipe",
            "seed",
            "versions",
            "steps",
            "quality",
            "null_scale",
            "latency",
            "memory",
            "gates",
            "profile",
            "warnings"),
        json.keys());
    assertTrue(json.object("quality").number("psnr_db") > 35);
    assertEquals(256, json.object("quality").integer("samples"));
    long bytes = Files.size(out.resolve("model.onnx"));
    assertEquals(bytes, json.object("output").integer("bytes"));
    assertTrue(json.object("output").integer("bytes_on_wire") < 0.94 * bytes);
    assertTrue(json.object("memory").integer("peak_bytes") > 1_000_000);
  }

  @Test
  void sameRecipeGivesTheSameBytes() throws IOException {
    compress(DemoModels.DCGAN, recipe(), folder.resolve("a"));
    compress(DemoModels.DCGAN, recipe(), folder.resolve("b"));
    assertEquals(
        -1,
        Files.mismatch(
            folder.resolve("a").resolve("model.onnx"), folder.resolve("b").resolve("model.onnx")));
  }

  @Test
  void mixedStorageSaysEachFormatAndWhatACoderCouldDo() throws IOException {
    Recipe recipe =
        new Recipe(
            0,
            Map.of(),
            List.of(new Step.Fold(), Step.store("auto", Tolerance.ofSqnr(30))),
            List.of());
    CompressionReport report = compress(DemoModels.VAE_DECODER, recipe, folder.resolve("out"));
    assertTrue(report.comparison().orElseThrow().quality().sqnrDb() > 29.5);
    assertTrue(report.output().bytes() < 0.16 * report.input().bytes());
    Object formats = report.steps().get(1).metrics().get("formats");
    assertTrue(String.valueOf(formats).contains("0.weight=palette4"), "" + formats);
    Map<?, ?> output = (Map<?, ?>) report.json().get("output");
    long bound = (Long) java.util.Objects.requireNonNull(output.get("entropy_bound_bytes"));
    long now = (Long) java.util.Objects.requireNonNull(output.get("integer_bytes"));
    assertTrue(bound > now / 2 && bound <= now, bound + " of " + now);
  }

  @Test
  void missedGateKeepsTheReportsAlone() throws IOException {
    Path out = folder.resolve("out");
    CompressionReport report = compress(DemoModels.VAE_DECODER, recipe(new Gate("psnr", 99)), out);
    assertFalse(report.met());
    assertEquals(List.of("report.html", "report.json"), names(out));
  }

  @Test
  void laterRunReplacesTheFormer() throws IOException {
    Path out = folder.resolve("out");
    compress(DemoModels.VAE_DECODER, recipe(), out);
    compress(DemoModels.VAE_DECODER, recipe(new Gate("flash", 10)), out);
    assertEquals(List.of("report.html", "report.json"), names(out));
    assertEquals(List.of("out"), names(folder));
  }

  @Test
  void foldersOfOthersAreLeftAlone() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("thesis.tex"), "years of work");
    assertThrows(RejectedException.class, () -> compress(DemoModels.VAE_DECODER, recipe(), out));
    assertEquals(List.of("thesis.tex"), names(out));
  }

  @Test
  void modelInsideTheFolderIsNotReplaced() throws IOException {
    Path out = folder.resolve("out");
    compress(DemoModels.VAE_DECODER, recipe(), out);
    byte[] before = Files.readAllBytes(out.resolve("model.onnx"));
    assertThrows(RejectedException.class, () -> compress(out, recipe(), out));
    assertEquals(List.of("out"), names(folder));
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        before, Files.readAllBytes(out.resolve("model.onnx")));
  }

  @Test
  void dataThatCannotBeReadIsSaidBeforeAnyStep() {
    Recipe recipe =
        RecipeFile.parse(
            "{data: 'npz:%s', steps: [{quantize: {weights: int8, activations: int8}}]}"
                .formatted(folder.resolve("no.npz")));
    RejectedException told =
        assertThrows(
            RejectedException.class,
            () -> compress(DemoModels.VAE_DECODER, recipe, folder.resolve("out")));
    assertTrue(told.getMessage().contains("no.npz"), told.getMessage());
  }

  @Test
  void modelThatNoiseCannotRunIsStoredWithAWarning() throws IOException {
    var graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, -1}))
            .addInitializer(TestModels.weights("w", 1, 48, 64))
            .addNode(TestModels.node("MatMul", "y", "x", "w"));
    Path model = TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"));
    CompressionReport report = compress(model, recipe(), folder.resolve("out"));
    assertTrue(report.met());
    assertTrue(report.comparison().isEmpty());
    assertTrue(report.warnings().toString().contains("give --data"), report.warnings().toString());
  }

  @Test
  void failureLeavesNothing() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.onnx"), "no model");
    assertThrows(RejectedException.class, () -> compress(bad, recipe(), folder.resolve("out")));
    assertThrows(
        IllegalStateException.class,
        () ->
            new Compression(1, Optional.empty())
                .compress(
                    DemoModels.VAE_DECODER,
                    recipe(),
                    folder.resolve("out"),
                    (what, fraction) -> {
                      throw new IllegalStateException("stop here");
                    }));
    assertEquals(List.of("bad.onnx"), names(folder));
  }

  @Test
  void largeModelIsWrittenWithItsDataBesideIt() throws IOException {
    Path model = TestModels.write(TestModels.linear(1200, 1200, 3), folder.resolve("m.onnx"));
    Path out = folder.resolve("out");
    CompressionReport report = compress(model, recipe(), out);
    assertEquals(
        List.of("model.onnx", "model.onnx.data", "report.html", "report.json"), names(out));
    assertTrue(report.comparison().orElseThrow().quality().sqnrDb() > 30);
    assertEquals(2, OnnxModel.open(out).files().size());
  }

  @Test
  void whatSeveralRecipesBeginWithIsAResultByItself() throws IOException {
    Recipe recipe = recipe();
    Compression compression = new Compression(1, Optional.empty());
    Compression.Beginning begun =
        compression.begin(DemoModels.VAE_DECODER, recipe, folder.resolve("begun"), Progress.NONE);
    CompressionReport report =
        compression.compress(
            DemoModels.VAE_DECODER, recipe, begun, folder.resolve("ended"), Progress.NONE);
    CompressionReport whole = compress(DemoModels.VAE_DECODER, recipe, folder.resolve("whole"));
    assertEquals(1, report.steps().size());
    assertEquals(whole.output().bytes(), report.output().bytes());
    assertEquals(
        -1, Files.mismatch(folder.resolve("whole/model.onnx"), folder.resolve("ended/model.onnx")));
  }

  private static CompressionReport compress(Path model, Recipe recipe, Path out)
      throws IOException {
    return new Compression(1, Optional.empty()).compress(model, recipe, out, Progress.NONE);
  }

  private static Recipe recipe(Gate... gates) {
    return new Recipe(0, Map.of(), List.of(new Step.Store(StoreFormat.INT8)), List.of(gates));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
