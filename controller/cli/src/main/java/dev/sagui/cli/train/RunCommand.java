/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.recipe.training.TrainingJob;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.train.TrainingLoop;
import dev.sagui.train.folder.RunFolder;
import dev.sagui.train.folder.RunResult;
import dev.sagui.transfer.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the verbs that train have in common. */
final class RunCommand {
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(paramLabel = "RECIPE", description = "What to train and how; YAML or JSON.")
  private Path recipe = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder; as the recipe says, else beside it under its name.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--resume",
      description = "Go on from the run's last checkpoint, to the same bytes.")
  private boolean resume;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "That share a batch; all cores. Part of the result, as the seed is.")
  private Optional<Integer> threads = Optional.empty();

  int call(TrainingVerb verb) throws IOException {
    if (threads.isPresent() && threads.get() < 1) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected --threads of 1 or more, got " + threads.get());
    }
    OptionalInt shared = threads.map(OptionalInt::of).orElse(OptionalInt.empty());
    TrainingJob job = new TrainingJob(verb, recipe, out, shared);
    try (Interrupt interrupt = new Interrupt()) {
      return finish(run(job, verb, interrupt));
    }
  }

  /** Writes the base given as recipe with an adapter added, in the folder given as out. */
  int merge(Path adapter) throws IOException {
    if (out.isEmpty() || resume || threads.isPresent()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected a base and --out DIR beside --merge, and no more");
    }
    if (!Files.isRegularFile(adapter)) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "expected an adapter.safetensors at %s, found none; give the file of a run by lora"
              .formatted(adapter));
    }
    OnnxModel merged = Adapter.merge(OnnxModel.open(recipe), Files.readAllBytes(adapter));
    Path file = Files.createDirectories(out.get()).resolve(RunFolder.MODEL);
    ModelWriter.writeOne(merged, file);
    if (output.json()) {
      output.document(Map.of("file", file.toString(), "bytes", Files.size(file)));
    }
    output.line("model    %s, %d bytes", file, Files.size(file));
    return Exit.DONE;
  }

  private RunResult run(TrainingJob job, TrainingVerb verb, Interrupt interrupt)
      throws IOException {
    try (ProgressLine line = output.progress()) {
      RunProgress progress = new RunProgress(verb, line, output, interrupt);
      return resume ? job.resume(progress, line) : job.start(progress, line);
    }
  }

  private int finish(RunResult result) {
    if (output.json()) {
      output.document(result.json());
    } else {
      print(result);
    }
    if (result.end() != TrainingLoop.End.STOPPED) {
      return Exit.DONE;
    }
    output.remark(
        "stopped after step %d, with a checkpoint; --resume goes on".formatted(result.steps()));
    return Exit.INTERRUPTED;
  }

  private void print(RunResult result) {
    output.line(
        "steps    %d of %d in %.0f s%s",
        result.steps(),
        result.planned(),
        result.seconds(),
        result.end() == TrainingLoop.End.STALLED ? ": scores got no better" : "");
    result
        .best()
        .ifPresent(best -> output.line("score    %s %.4g", label(best.metric()), best.value()));
    result
        .model()
        .ifPresent(made -> output.line("model    %s, %d bytes", made.file(), made.bytes()));
    RunFigures.lines(result.facts()).forEach(line -> output.line("%s", line));
    output.line("run      %s", result.folder());
  }

  private static String label(String metric) {
    return metric.toLowerCase(Locale.ROOT);
  }
}
