/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.Quality;
import dev.sagui.quality.Tolerance;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.OnlyFloat;
import dev.sagui.recipe.Quantity;
import dev.sagui.recipe.Quantize;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.RecipeFile;
import dev.sagui.recipe.Step;
import dev.sagui.run.DataSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui compress}: one model through one recipe. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description = "One model through one recipe: model.onnx, report.json and report.html in DIR.",
    footer = {
      "",
      "Example:",
      "  sagui compress model.onnx --store int8 --floor psnr=35 --out small/",
      "  sagui compress model.onnx --quantize int8 --profile raspberry-pi-5 --out fast/"
    })
public final class CompressCommand implements Callable<Integer> {
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final DataOption data = new DataOption();
  @Mixin private final PruneOptions prune = new PruneOptions();

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or a folder with one.")
  private Path model = Path.of("");

  @Option(names = "--out", paramLabel = "DIR", description = "Where to write; new, empty or ours.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--recipe", paramLabel = "FILE", description = "A recipe, YAML or JSON.")
  private Optional<Path> recipeFile = Optional.empty();

  @Option(
      names = "--fold",
      description = "Clean up the graph first: constants, BatchNorm, identities, duplicates.")
  private boolean fold;

  @Option(
      names = "--quantize",
      paramLabel = "auto|int8|dynamic|int4",
      description = "Compute in fewer bits, in the format that the device runs well.")
  private Optional<String> quantize = Optional.empty();

  @Option(
      names = "--force",
      description = "Of a model that is quantized in part, quantize what is still float32.")
  private boolean force;

  @Option(
      names = "--store",
      paramLabel = "auto|int8|fp16|int4…|palette2…",
      description =
          "Fewer bytes, runs as before: auto, fp16, int8, int6, int5, int4, palette2 to palette8.")
  private Optional<String> store = Optional.empty();

  @Option(names = "--profile", paramLabel = "NAME|FILE", description = "The device's budgets.")
  private Optional<String> profile = Optional.empty();

  @Option(names = "--budget", paramLabel = "LIMITS", description = "flash=2MB,ram=64MB,p95=20ms")
  private Optional<String> budget = Optional.empty();

  @Option(
      names = "--floor",
      paramLabel = "LIMITS",
      description = "psnr=35,ssim=0.95,kid=0.01, any metric of compare.")
  private Optional<String> floor = Optional.empty();

  @Option(names = "--seed", paramLabel = "N", description = "Of all that is random; 0.")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "While measuring; 1.")
  private int threads = 1;

  @Option(names = "--print-recipe", description = "Show the recipe as JSON and end.")
  private boolean printRecipe;

  @Override
  public Integer call() throws IOException {
    Optional<DeviceProfile> device =
        profile.isPresent() ? Optional.of(Profiles.get(profile.get())) : Optional.empty();
    Recipe recipe = recipe(device);
    if (printRecipe) {
      output.document(recipe.json());
      return Exit.DONE;
    }
    if (threads < 1) {
      throw bad("expected --threads of 1 or more, got " + threads);
    }
    Path folder = out.orElseThrow(() -> bad("say where to write: --out DIR"));
    CompressionReport report;
    try (ProgressLine progress = output.progress()) {
      report = new Compression(threads, device).compress(model, recipe, folder, progress);
    }
    report.warnings().forEach(output::remark);
    return finish(report, folder);
  }

  private Recipe recipe(Optional<DeviceProfile> device) throws IOException {
    if (profile.isPresent() && recipeFile.isEmpty() && !fold && store.isEmpty()) {
      quantize = quantize.or(() -> Optional.of("auto"));
    }
    if (force && quantize.isEmpty()) {
      throw bad("expected --force with --quantize; in a recipe write quantize: {force: true}");
    }
    boolean shortForm = fold || prune.given() || quantize.isPresent() || store.isPresent();
    if (recipeFile.isPresent() == shortForm) {
      throw bad(
          "give either --fold, --prune, --sparsify, --quantize int8 and --store int8|fp16, or --recipe FILE");
    }
    Recipe base =
        recipeFile.isPresent()
            ? RecipeFile.parse(Files.readString(recipeFile.get()))
            : new Recipe(seed, Map.of(), steps(), List.of());
    Map<String, DataSpec> specs = data.specs();
    return new Recipe(
        seed == 0 ? base.seed() : seed,
        specs.isEmpty() ? base.data() : specs,
        base.steps(),
        gates(base.gates(), device));
  }

  private List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    if (fold || prune.channels() || quantize.isPresent()) {
      // unfolded BatchNormalizations cost int8 4 to 7 dB
      steps.add(new Step.Fold());
    }
    steps.addAll(prune.steps());
    quantize
        .map(form -> Quantize.parse(form, tolerance(Quantize.USUAL_SQNR_DB)))
        .ifPresent(form -> steps.add(force ? new OnlyFloat(form) : form));
    store.ifPresent(
        format -> steps.add(Step.store(format, tolerance(Step.StoreMixed.USUAL_SQNR_DB))));
    return steps;
  }

  /** The floor decides about layers and formats, it is not only what the result is held against. */
  private Tolerance tolerance(double usualSqnrDb) {
    return new Tolerance(limit("sqnr", usualSqnrDb), limit("mel", Tolerance.USUAL_MEL));
  }

  private double limit(String name, double usual) {
    List<Gate> floors = floor.map(text -> Quantity.gates(text, Gate.FLOORS)).orElse(List.of());
    return floors.stream()
        .filter(g -> g.name().equals(name))
        .findFirst()
        .map(Gate::limit)
        .orElse(usual);
  }

  private List<Gate> gates(List<Gate> base, Optional<DeviceProfile> device) {
    List<Gate> gates = new ArrayList<>();
    budget.ifPresent(text -> gates.addAll(Quantity.gates(text, Gate.CEILINGS)));
    floor.ifPresent(text -> gates.addAll(Quantity.gates(text, Gate.FLOORS)));
    base.stream().filter(gate -> lacks(gates, gate.name())).forEach(gates::add);
    device.ifPresent(
        d -> {
          if (lacks(gates, "flash")) {
            gates.add(new Gate("flash", d.budget().flashBytes()));
          }
          if (lacks(gates, "ram")) {
            gates.add(new Gate("ram", d.budget().ramBytes()));
          }
        });
    return gates;
  }

  private static boolean lacks(List<Gate> gates, String name) {
    return gates.stream().noneMatch(gate -> gate.name().equals(name));
  }

  private int finish(CompressionReport report, Path folder) {
    if (output.json()) {
      output.document(report.json());
    } else {
      print(report, folder);
    }
    report.gates().stream()
        .filter(verdict -> !verdict.met())
        .forEach(
            v ->
                output.remark(
                    "gate missed: %s is %s, the limit is %s; %s keeps the report alone"
                        .formatted(
                            v.gate().name(),
                            v.gate().told(v.value()),
                            v.gate().told(v.gate().limit()),
                            folder)));
    return report.met() ? Exit.DONE : Exit.GATE_MISSED;
  }

  private void print(CompressionReport report, Path folder) {
    long before = report.input().bytes();
    long after = report.output().bytes();
    output.line(
        "bytes    %s -> %s (%.1f %%)",
        Quantity.size(before), Quantity.size(after), 100.0 * after / before);
    report
        .comparison()
        .ifPresent(
            c -> {
              Quality quality = c.quality();
              output.line("quality  %s", QualityText.of(quality));
              output.line(
                  "latency  p50 %.3f ms, %.2f x the input's",
                  c.candidate().p50Millis(), c.latencyRatio());
            });
    report.steps().stream()
        .filter(step -> !step.reason().isEmpty())
        .forEach(step -> output.remark(step.step().name() + " left " + step.reason()));
    if (report.met()) {
      output.line("written  %s", folder);
    }
  }

  private static RejectedException bad(String message) {
    return new RejectedException(FailureCode.BAD_REQUEST, message);
  }
}
