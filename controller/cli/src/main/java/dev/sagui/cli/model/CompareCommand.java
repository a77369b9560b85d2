/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.PictureGrid;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Latency;
import dev.sagui.run.MemoryProbe;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui compare}: one model against another. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Quality, bytes and latency of model B against model A.",
    footer = {"", "Example:", "  sagui compare model.onnx small/ --picture both.png"})
public final class CompareCommand implements Callable<Integer> {
  private static final int PICTURE_SAMPLES = 32;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final DataOption data = new DataOption();

  @Parameters(index = "0", paramLabel = "A", description = "The reference: a file or folder.")
  private Path reference = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The model to judge.")
  private Path candidate = Path.of("");

  @Option(names = "--picture", paramLabel = "FILE.png", description = "Both models' images.")
  private Optional<Path> picture = Optional.empty();

  @Option(names = "--threads", paramLabel = "N", description = "While measuring; 1.")
  private int threads = 1;

  @Override
  public Integer call() throws IOException {
    OnnxModel a = OnnxModel.open(reference).runnable();
    OnnxModel b = OnnxModel.open(candidate).runnable();
    Map<String, DataSpec> specs = data.specs();
    Map<String, DataSpec> used = specs.isEmpty() ? Map.of("", DefaultData.of(a.facts())) : specs;
    Samples samples = Samples.of(a, used);
    if (samples.isWeak()) {
      output.remark("noise says little about real inputs; give --data");
    }
    String told = String.join(", ", used.values().stream().map(DataSpec::toString).toList());
    Comparison comparison;
    try (ProgressLine progress = output.progress()) {
      comparison = Comparison.of(a, b, samples, told, Math.max(1, threads), progress);
    }
    if (picture.isPresent()) {
      draw(a, b, samples, picture.get());
    }
    show(
        a,
        b,
        comparison,
        MemoryProbe.peakBytes(a.file(), samples.first(1)),
        MemoryProbe.peakBytes(b.file(), samples.first(1)));
    return Exit.DONE;
  }

  private static void draw(OnnxModel a, OnnxModel b, Samples samples, Path png) throws IOException {
    PictureGrid grid = new PictureGrid();
    List<Tensor> inputs = samples.first(Math.min(PICTURE_SAMPLES, samples.count()));
    for (OnnxModel model : List.of(a, b)) {
      try (OrtModel session = OrtModel.open(model.file(), 1)) {
        String title = "%s, %s".formatted(name(model), Sizes.of(model.sizeBytes()));
        grid.add(title, session.run(inputs).get(0));
      }
    }
    grid.write(png);
  }

  private static String name(OnnxModel model) {
    Path file = model.file().toAbsolutePath();
    Path parent = file.getParent();
    String own = String.valueOf(file.getFileName());
    return own.equals("model.onnx") && parent != null ? parent.getFileName() + "/" + own : own;
  }

  private void show(
      OnnxModel a, OnnxModel b, Comparison comparison, OptionalLong peakA, OptionalLong peakB)
      throws IOException {
    if (output.json()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("a", side(a, comparison.reference(), peakA));
      map.put("b", side(b, comparison.candidate(), peakB));
      map.put("quality", comparison.quality().json());
      map.put("bytes_ratio", (double) b.sizeBytes() / a.sizeBytes());
      map.put("latency_ratio", comparison.latencyRatio());
      output.document(map);
      return;
    }
    output.line("         %14s %14s %8s", "A", "B", "B/A");
    output.line(
        "bytes    %14s %14s %8.3f",
        Sizes.of(a.sizeBytes()), Sizes.of(b.sizeBytes()), (double) b.sizeBytes() / a.sizeBytes());
    output.line(
        "p50 ms   %14.3f %14.3f",
        comparison.reference().p50Millis(), comparison.candidate().p50Millis());
    output.line(
        "p95 ms   %14.3f %14.3f",
        comparison.reference().p95Millis(), comparison.candidate().p95Millis());
    output.line(
        "p10 ms   %14.3f %14.3f %8.3f",
        comparison.reference().p10Millis(),
        comparison.candidate().p10Millis(),
        comparison.latencyRatio());
    if (peakA.isPresent() && peakB.isPresent()) {
      output.line(
          "memory   %14s %14s %8.3f",
          Sizes.of(peakA.getAsLong()),
          Sizes.of(peakB.getAsLong()),
          (double) peakB.getAsLong() / Math.max(1, peakA.getAsLong()));
    }
    output.line("quality  %s", QualityText.of(comparison.quality()));
  }

  private static Map<String, Object> side(OnnxModel model, Latency latency, OptionalLong peak)
      throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", model.file().toString());
    map.put("bytes", model.sizeBytes());
    map.put("p10_ms", latency.p10Millis());
    map.put("p50_ms", latency.p50Millis());
    map.put("p95_ms", latency.p95Millis());
    peak.ifPresent(bytes -> map.put("peak_bytes", bytes));
    return map;
  }
}
