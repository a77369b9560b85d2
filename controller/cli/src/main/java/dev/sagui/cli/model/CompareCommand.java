/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.json.Json;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.StagedFolder;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.ModelKind;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.DataSpec;
import dev.sagui.run.MemoryProbe;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui compare}: one model against another. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Quality, bytes, latency and memory of model B against model A.",
    footer = {"", "Example:", "  sagui compare model.onnx small/ --picture both.png"})
public final class CompareCommand implements Callable<Integer> {
  private static final String PICTURE = "picture.png";
  private static final Set<String> OURS = Set.of("report.json", "report.html", PICTURE);

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final DataOption data = new DataOption();

  @Parameters(index = "0", paramLabel = "A", description = "The reference: a file or folder.")
  private Path reference = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The model to judge.")
  private Path candidate = Path.of("");

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "image, audio, language or vector; found from the model's outputs.")
  private Optional<String> kind = Optional.empty();

  @Option(names = "--sample-rate", paramLabel = "HZ", description = "Of waveforms; 22050.")
  private double sampleRate = EvaluationOptions.DEFAULT.sampleRate();

  @Option(
      names = "--picture",
      paramLabel = "FILE.png",
      description = "Both models' images, or spectrograms of their sound.")
  private Optional<Path> picture = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "A folder for report.json and report.html.")
  private Optional<Path> report = Optional.empty();

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description = "Quality in the integer arithmetic of this device; this machine's.")
  private Optional<String> profile = Optional.empty();

  @Option(names = "--threads", paramLabel = "N", description = "While measuring; 1.")
  private int threads = 1;

  @Override
  public Integer call() throws IOException {
    if (report.isEmpty()) {
      show(new Run().measured());
      return Exit.DONE;
    }
    try (StagedFolder staged = StagedFolder.create(report.get(), OURS)) {
      Run run = new Run();
      CompareReport measured = run.measured();
      write(measured, run.pictures, staged.path());
      staged.publish();
      show(measured);
    }
    return Exit.DONE;
  }

  /** Two models and what they are measured on. */
  private final class Run {
    private final EvaluationOptions options = options();
    private final OnnxModel a = OnnxModel.open(reference).runnable();
    private final OnnxModel b = OnnxModel.open(candidate).runnable();
    private final Map<String, DataSpec> specs;
    private final Samples samples;
    private final ComparePictures pictures;

    Run() throws IOException {
      Map<String, DataSpec> told = data.specs();
      specs = told.isEmpty() ? Map.of("", DefaultData.of(a.facts())) : told;
      samples = Samples.of(a, specs);
      pictures = new ComparePictures(a, b, samples, options);
    }

    CompareReport measured() throws IOException {
      if (samples.isWeak()) {
        output.remark("noise says little about real inputs; give --data");
      }
      if (picture.isPresent()) {
        pictures.write(picture.get());
      }
      Comparison comparison = comparison();
      List<Tensor> one = samples.first(1);
      return new CompareReport(
          a,
          b,
          comparison,
          MemoryProbe.peakBytes(a.file(), one),
          MemoryProbe.peakBytes(b.file(), one),
          samples.isWeak());
    }

    private Comparison comparison() throws IOException {
      String told = DataSpec.told(specs);
      try (ProgressLine progress = output.progress()) {
        return Comparison.of(a, b, samples, told, Math.max(1, threads), options, progress);
      }
    }
  }

  private EvaluationOptions options() throws IOException {
    if (!(sampleRate > 0)) {
      throw bad("expected a positive --sample-rate in hertz, got " + sampleRate);
    }
    boolean exact =
        profile.isPresent() && HostMachine.saturatesFor(Int8Format.of(Profiles.get(profile.get())));
    return new EvaluationOptions(kind.map(CompareCommand::kind), sampleRate, exact);
  }

  private static ModelKind kind(String name) {
    return Arrays.stream(ModelKind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                bad(
                    "expected a --kind of image, audio, language or vector, got '%s'"
                        .formatted(name)));
  }

  private void show(CompareReport measured) throws IOException {
    if (output.json()) {
      output.document(measured.json());
    } else {
      for (String line : CompareTable.of(measured)) {
        output.line("%s", line);
      }
    }
  }

  private static void write(CompareReport measured, ComparePictures pictures, Path folder)
      throws IOException {
    Optional<Path> png = pictures.has() ? Optional.of(folder.resolve(PICTURE)) : Optional.empty();
    if (png.isPresent()) {
      pictures.write(png.get());
    }
    Files.write(folder.resolve("report.json"), Json.pretty(measured.json()));
    Files.write(folder.resolve("report.html"), ComparePage.of(measured, png, pictures.tokens()));
  }

  private static RejectedException bad(String message) {
    return new RejectedException(FailureCode.BAD_REQUEST, message);
  }
}
