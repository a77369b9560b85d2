/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.Work;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.PruneRank;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.Step;
import dev.sagui.recipe.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A variant as it came out of a recipe, measured on this machine.
 *
 * @param arithmetic label of the int8 format that it computes in; empty when it runs in float32 and
 *     is the same for all devices
 * @param bytes of the model's files
 * @param goldenBytes of the inputs and outputs that a device repeats, which lie beside them
 * @param bytesOnWire of the same, entropy-coded
 * @param floatBytes of its weights in float32, which a session holds
 * @param p50Millis of one sample
 * @param ratio of its time to that of the model as it came, of interleaved runs
 * @param work of one run of one sample
 * @param steps that made it, as its report has them
 */
public record Attempt(
    ArtifactName name,
    String arithmetic,
    Path folder,
    Recipe recipe,
    long bytes,
    long goldenBytes,
    long bytesOnWire,
    long floatBytes,
    Quality quality,
    double p50Millis,
    double p95Millis,
    double ratio,
    Work work,
    List<StepRecord> steps) {
  public Attempt {
    steps = List.copyOf(steps);
  }

  static Attempt of(Variant variant, CompressionReport report, String arithmetic, Work work)
      throws IOException {
    Comparison measured = report.comparison().orElseThrow();
    return new Attempt(
        variant.name(),
        arithmetic,
        variant.folder(),
        report.recipe(),
        report.output().bytes(),
        Files.size(variant.golden()),
        report.output().bytesOnWire(),
        Float.BYTES * report.output().facts().parameters(),
        measured.quality(),
        measured.candidate().p50Millis(),
        measured.candidate().p95Millis(),
        measured.latencyRatio(),
        work,
        report.steps());
  }

  /** The same in the folder that a search was published to. */
  Variant variant(Path outDir) throws IOException {
    Path at = outDir.resolve(name.value());
    return new Variant(
        name,
        at,
        OnnxModel.open(at).files(),
        at.resolve(GoldenFile.NAME),
        quality,
        p50Millis,
        work);
  }

  /** The same, measured once more. */
  Attempt at(double ratioNow, double p50Now) {
    return new Attempt(
        name,
        arithmetic,
        folder,
        recipe,
        bytes,
        goldenBytes,
        bytesOnWire,
        floatBytes,
        quality,
        p50Now,
        p95Millis,
        ratioNow,
        work,
        steps);
  }

  /** Whether a device of that int8 format may get it. */
  boolean suits(String format) {
    return arithmetic.isEmpty() || arithmetic.equals(format);
  }

  /** The one number that orders variants: log-mel distance of waveforms, else SQNR. */
  Metric metric() {
    return quality.metric(Metric.LOG_MEL_DTW).isPresent() ? Metric.LOG_MEL_DTW : Metric.SQNR_DB;
  }

  /** Of {@link #metric()}, the higher the better. */
  double merit() {
    if (quality.identical()) {
      return Double.POSITIVE_INFINITY;
    }
    double value = quality.metric(metric()).orElse(Double.NaN);
    return metric() == Metric.SQNR_DB ? value : -value;
  }

  /** What the steps that changed something did, in plain words. */
  String done() {
    List<String> parts =
        steps.stream()
            .filter(StepRecord::changed)
            .map(Attempt::told)
            .filter(t -> !t.isEmpty())
            .toList();
    return parts.isEmpty() ? "as it came" : String.join(", ", parts);
  }

  private static String told(StepRecord step) {
    Map<String, Object> metrics = step.metrics();
    return switch (step.step().name()) {
      case "prune" -> removed(metrics) + (step.step() instanceof PruneRank ? " by low rank" : "");
      case "experts" -> "each row computes a part of the feed-forward blocks";
      case "finetune" -> "trained for %.0f steps".formatted(number(metrics, "steps"));
      case "quantize" -> quantized(metrics);
      case "store" -> stored(String.valueOf(step.step().parameters().get("weights")));
      default -> "";
    };
  }

  /** Why the largest of the layers that stay float32 does, where a floor asks for it. */
  Optional<String> spared() {
    return steps.stream()
        .map(StepRecord::metrics)
        .filter(metrics -> metrics.containsKey("spared_layer"))
        .map(Attempt::spared)
        .findFirst();
  }

  private static String spared(Map<String, Object> metrics) {
    return String.format(
        Locale.ROOT,
        "%s stays float32, because int8 there makes the error %.1f x as large for %.0f %% of the work",
        metrics.get("spared_layer"),
        number(metrics, "spared_error_factor"),
        100 * number(metrics, "spared_work_share"));
  }

  private static String stored(String format) {
    return format.equals(Step.StoreMixed.FORM)
        ? "each weight stored in a format of its own"
        : "weights stored as " + format;
  }

  private static String removed(Map<String, Object> metrics) {
    double before = number(metrics, "macs_before");
    return "%.0f %% of the work removed"
        .formatted(100 * (1 - number(metrics, "macs_after") / before));
  }

  private static String quantized(Map<String, Object> metrics) {
    if (!metrics.containsKey("layers_int8")) {
      return metrics.get("format")
          + " in %.0f of the products".formatted(number(metrics, "weights_quantized"));
    }
    int floats = metrics.get("layers_float") instanceof Collection<?> layers ? layers.size() : 0;
    double int8 = number(metrics, "layers_int8");
    return floats == 0
        ? "int8 for all %.0f layers".formatted(int8)
        : "int8 for %.0f of %.0f layers".formatted(int8, int8 + floats);
  }

  private static double number(Map<String, Object> metrics, String key) {
    return metrics.get(key) instanceof Number number ? number.doubleValue() : 0;
  }
}
