/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.Work;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Quality;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in one form, measured, with what a device needs to try it.
 *
 * @param files the model's own, the {@code .onnx} first; all lie in {@code folder}
 * @param golden safetensors file with tensors {@code in:NAME} and {@code out:NAME}, in the folder
 * @param quality against the model as it came
 * @param p50Millis of one sample on this machine
 * @param work of one run of one sample; unknown of what no search made
 */
public record Variant(
    ArtifactName name,
    Path folder,
    List<Path> files,
    Path golden,
    Quality quality,
    double p50Millis,
    Work work) {
  public Variant {
    files = List.copyOf(files);
  }

  /**
   * What a recipe left in a folder, and its golden file beside it.
   *
   * @throws RejectedException BAD_REQUEST when no data suits the model, so that nothing was
   *     measured
   */
  public static Variant of(ArtifactName name, Path model, Path folder, CompressionReport report)
      throws IOException {
    Comparison comparison =
        report
            .comparison()
            .orElseThrow(
                () ->
                    new RejectedException(
                        FailureCode.BAD_REQUEST, String.join("; ", report.warnings())));
    OnnxModel made = OnnxModel.open(folder);
    Path golden = GoldenFile.write(made, golden(model, report), folder);
    return new Variant(
        name,
        folder,
        made.files(),
        golden,
        comparison.quality(),
        comparison.candidate().p50Millis(),
        Work.UNKNOWN);
  }

  private static Samples golden(Path model, CompressionReport report) throws IOException {
    OnnxModel source = OnnxModel.open(model).runnable();
    Map<String, DataSpec> data = new LinkedHashMap<>();
    report.recipe().data().forEach((input, spec) -> data.put(input, few(spec)));
    data.putIfAbsent("", few(DefaultData.of(source.facts())));
    return Samples.of(source, data);
  }

  private static DataSpec few(DataSpec spec) {
    return spec.with(GoldenFile.SEED, GoldenFile.BATCH);
  }

  /** The same with a whole sample in its golden file, to be timed on. */
  public Variant timed() {
    Path sample = folder.resolve(GoldenFile.SAMPLE);
    return Files.exists(sample)
        ? new Variant(name, folder, files, sample, quality, p50Millis, work)
        : this;
  }

  /** On flash, the golden file included. */
  public long bytes() throws IOException {
    long bytes = Files.size(golden);
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
