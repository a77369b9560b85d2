/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.ModelKind;
import dev.sagui.recipe.CompressionReport.ModelSide;
import dev.sagui.run.DataSpec;
import dev.sagui.run.MemoryEstimate;
import dev.sagui.run.MemoryProbe;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** A recipe under way, in a folder that is not published yet. */
final class RecipeRun {
  private final int threads;
  private final Optional<DeviceProfile> profile;
  private final OnnxModel source;
  private final Recipe recipe;
  private final Path folder;
  private final Progress progress;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param settings threads and profile
   */
  RecipeRun(Compression settings, OnnxModel source, Recipe recipe, Path folder, Progress progress) {
    this.threads = settings.threads();
    this.profile = settings.profile();
    this.source = source;
    this.recipe = recipe;
    this.folder = folder;
    this.progress = progress;
  }

  List<StepRecord> steps(Compression.Begun begun, Scratch scratch) throws IOException {
    Step.Surroundings around =
        new Step.Surroundings(
            source,
            oneBatch(),
            samples().map(Samples::forCalibration),
            device(),
            scratch,
            threads,
            progress);
    OnnxModel model = begun.model();
    List<StepRecord> records = new ArrayList<>(begun.steps());
    long before = model.sizeBytes();
    for (Step step : recipe.steps().subList(records.size(), recipe.steps().size())) {
      long start = System.nanoTime();
      StepOutcome outcome = step.apply(model, around);
      model = outcome.model();
      long after = written(model);
      double seconds = (System.nanoTime() - start) / 1e9;
      records.add(
          new StepRecord(
              step,
              outcome.changed(),
              outcome.reverted(),
              outcome.reason(),
              seconds,
              before,
              after,
              outcome.metrics(),
              outcome.choices()));
      before = after;
    }
    if (recipe.steps().isEmpty()) {
      copySource();
    } else if (records.size() == begun.steps().size()) {
      written(model); // nothing is left to do
    }
    return before > source.sizeBytes() && recipe.shrinks() ? takenBack(records) : records;
  }

  /** Byte for byte. */
  private void copySource() throws IOException {
    Path from = Objects.requireNonNull(source.file().toAbsolutePath().getParent());
    for (Path file : source.files()) {
      Path to = folder.resolve(from.relativize(file.toAbsolutePath()).toString());
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.copy(file, to);
    }
  }

  /** What came out larger is the input again. */
  private List<StepRecord> takenBack(List<StepRecord> records) throws IOException {
    long bytes = records.get(records.size() - 1).bytesAfter();
    String reason = "it grew from %d to %d bytes".formatted(source.sizeBytes(), bytes);
    long after = written(source);
    return records.stream().map(record -> record.takenBack(reason, after)).toList();
  }

  private long written(OnnxModel model) throws IOException {
    Compression.deleteAll(folder);
    ModelWriter.write(model, folder, progress);
    return OnnxModel.open(folder).sizeBytes();
  }

  CompressionReport measured(List<StepRecord> steps) throws IOException {
    OnnxModel output = OnnxModel.open(folder);
    Optional<Comparison> comparison = compared(output);
    warnings.addAll(Caveats.of(source, recipe, comparison));
    warnings.addAll(Caveats.ofArithmetic(steps, device()));
    OptionalLong peak =
        comparison.isPresent()
            ? MemoryProbe.peakBytes(output.file(), Samples.of(source, data()).first(1))
            : OptionalLong.empty();
    return new CompressionReport(
        ModelSide.of(source, source.sizeBytes()),
        ModelSide.of(output, WireBytes.of(output)),
        recipe,
        steps,
        comparison,
        threads,
        peak,
        verdicts(output.sizeBytes(), comparison),
        profile,
        warnings);
  }

  /** Pictures or sound of a report's two models as HTML; empty where there is nothing to show. */
  String outputs(CompressionReport report) throws IOException {
    Optional<ModelKind> shown =
        report
            .comparison()
            .map(comparison -> comparison.quality().kind())
            .filter(kind -> kind == ModelKind.IMAGE || kind == ModelKind.AUDIO);
    if (!report.met() || shown.isEmpty()) {
      return "";
    }
    SideBySide.Side input = new SideBySide.Side("INPUT", source);
    SideBySide.Side output = new SideBySide.Side("OUTPUT", OnnxModel.open(folder));
    return new SideBySide(input, output, threads)
        .html(shown.get(), Samples.of(source, data()).forJudging());
  }

  /** As the recipe says, else latents or noise by the model's inputs. */
  private Map<String, DataSpec> data() {
    return recipe.data().isEmpty() ? Map.of("", DefaultData.of(source.facts())) : recipe.data();
  }

  /** None when the data does not suit the model, which is said where it is measured. */
  private List<Tensor> oneBatch() {
    try {
      return samples().map(samples -> samples.first(1)).orElse(List.of());
    } catch (RejectedException e) {
      return List.of();
    }
  }

  private DeviceProfile device() throws IOException {
    return profile.isPresent() ? profile.get() : HostMachine.profile();
  }

  /** None where no data is named and no seeded data suits. */
  private Optional<Samples> samples() {
    try {
      return Optional.of(Samples.of(source, data()));
    } catch (RejectedException e) {
      if (!recipe.data().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Storing needs no data: what noise of our choice cannot run is a warning, not a failure. */
  private Optional<Comparison> compared(OnnxModel output) throws IOException {
    try {
      return Optional.of(compare(output));
    } catch (RejectedException e) {
      if (!recipe.data().isEmpty() || e.code() == FailureCode.MODEL_DOES_NOT_LOAD) {
        throw e;
      }
      warnings.add("quality and latency were not measured, give --data: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Comparison compare(OnnxModel output) throws IOException {
    Samples all = Samples.of(source, data());
    Samples samples = calibrated() ? all.forJudging() : all;
    if (samples.isWeak()) {
      warnings.add(
          "quality was measured on noise, which says little about real inputs; give --data");
    }
    EvaluationOptions options =
        EvaluationOptions.DEFAULT.exact(HostMachine.saturatesFor(Int8Format.of(device())));
    return Comparison.of(
        source, output, samples, DataSpec.told(data()), threads, options, progress);
  }

  /** Whether a step has seen some of the samples. */
  private boolean calibrated() {
    return recipe.steps().stream().anyMatch(Step::looksAtSamples);
  }

  private List<Gate.Verdict> verdicts(long bytes, Optional<Comparison> comparison) {
    List<Gate.Verdict> verdicts = new ArrayList<>();
    for (Gate gate : recipe.gates()) {
      double value =
          switch (gate.name()) {
            case "flash" -> (double) bytes;
            case "ram" ->
                (double) MemoryEstimate.peakBytes(Float.BYTES * source.facts().parameters());
            case "p95" -> comparison.map(c -> c.candidate().p95Millis()).orElse(Double.NaN);
            default -> comparison.map(c -> gate.of(c.quality())).orElse(Double.NaN);
          };
      verdicts.add(gate.hold(value));
    }
    return verdicts;
  }
}
