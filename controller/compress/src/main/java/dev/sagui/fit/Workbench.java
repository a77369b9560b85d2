/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.Work;
import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.Int8Format;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.onnx.Folders;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.DefaultData;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.SideBySide;
import dev.sagui.recipe.Step;
import dev.sagui.recipe.StepRecord;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.RunWork;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Makes variants of one model; what several begin with is made once. */
public final class Workbench {
  static final String AS_IT_CAME = "fp32";

  /** In each variant's folder: what makes it again, here or on a controller. */
  private static final String RECIPE = "recipe.json";

  private static final double RACE_SECONDS = 0.7;

  private final Path model;
  private final Settings settings;
  private final WorkFolder work;
  private final Ingredients ingredients;
  private final Map<Cut, Compression.Beginning> beginnings = new HashMap<>();

  /**
   * What all variants share.
   *
   * @param data by input name, as recipes have it; empty leaves it to the model
   * @param threads of ONNX Runtime while measuring
   * @param distill that each student may learn; zero for no student
   */
  public record Settings(long seed, Map<String, DataSpec> data, int threads, Duration distill) {
    /** Without students. */
    public Settings(long seed, Map<String, DataSpec> data, int threads) {
      this(seed, data, threads, Duration.ZERO);
    }
  }

  /**
   * @param work gets a folder for each variant
   */
  Workbench(Path model, Settings settings, WorkFolder work) throws IOException {
    this.model = model;
    this.settings = settings;
    this.work = work;
    this.ingredients = new Ingredients(model, settings);
  }

  /** The model byte for byte as it came. */
  Outcome asItCame(Progress progress) throws IOException {
    ArtifactName name = new ArtifactName(AS_IT_CAME);
    Recipe recipe = recipe(List.of());
    Map<String, Object> of = ingredients.of(recipe, Optional.empty());
    Optional<Outcome> before = before(name, of, recipe);
    return before.isPresent() ? before.get() : recorded(name, of, asItCame(name, recipe, progress));
  }

  private Outcome asItCame(ArtifactName name, Recipe recipe, Progress progress) throws IOException {
    Stint stint = new Stint();
    Path folder = work.folder(AS_IT_CAME);
    CompressionReport report =
        new Compression(settings.threads(), Optional.empty())
            .compress(model, recipe, folder, progress);
    return Outcome.of(attempt(name, folder, report, ""), stint);
  }

  private Optional<Outcome> before(ArtifactName name, Map<String, Object> of, Recipe recipe)
      throws IOException {
    return work.find(name.value(), of)
        .map(found -> AttemptJson.outcome(found, recipe, work.folder(name.value())));
  }

  private Outcome recorded(ArtifactName name, Map<String, Object> of, Outcome outcome)
      throws IOException {
    work.record(name.value(), of, AttemptJson.whole(outcome));
    return outcome;
  }

  /** Makes what a number of candidates begin with, unless it is made. */
  Outcome.Spent begin(Cut cut, Progress progress) throws IOException {
    if (beginnings.containsKey(cut)) {
      return new Outcome.Spent(0, false);
    }
    String name = ".begun-" + cut.label();
    Path folder = work.folder(name);
    Recipe recipe = recipe(cut.begun());
    Map<String, Object> of = ingredients.of(recipe, Optional.empty());
    Optional<Fields> before = work.find(name, of);
    if (before.isPresent()) {
      List<StepRecord> steps =
          StepRecord.parse(recipe, before.get().objects("steps", step -> step));
      beginnings.put(cut, new Compression.Beginning(recipe, folder, steps));
      return new Outcome.Spent(before.get().number("seconds"), true);
    }
    Stint stint = new Stint();
    Compression.Beginning made =
        new Compression(settings.threads(), Optional.empty())
            .begin(model, recipe, folder, progress);
    beginnings.put(cut, made);
    Outcome.Spent spent = new Outcome.Spent(stint.seconds(), false);
    work.record(
        name, of, Map.of("steps", StepRecord.json(made.steps()), "seconds", spent.seconds()));
    return spent;
  }

  /** Makes a variant of what was begun with, unless it is made. */
  Outcome make(Candidate candidate, ArtifactName name, DeviceProfile device, Progress progress)
      throws IOException {
    Recipe recipe = recipe(candidate.recipe());
    Map<String, Object> of = ingredients.of(recipe, Optional.of(device));
    Optional<Outcome> before = before(name, of, recipe);
    return before.isPresent()
        ? before.get()
        : recorded(name, of, made(candidate, name, device, progress));
  }

  private Outcome made(
      Candidate candidate, ArtifactName name, DeviceProfile device, Progress progress)
      throws IOException {
    Stint stint = new Stint();
    Compression.Beginning start = Objects.requireNonNull(beginnings.get(candidate.cut()));
    Optional<StepRecord> idle =
        start.steps().stream().skip(1).filter(s -> !s.changed()).findFirst();
    if (idle.isPresent()) {
      return Outcome.none(idle.get(), stint);
    }
    Path folder = work.folder(name.value());
    CompressionReport report =
        new Compression(settings.threads(), Optional.of(device))
            .compress(model, recipe(candidate.recipe()), start, folder, progress);
    Optional<StepRecord> left = idle(report.steps(), candidate.steps().get(0).name());
    if (left.isPresent()) {
      Folders.delete(folder);
      return Outcome.none(left.get(), stint);
    }
    String arithmetic = candidate.integers() ? Int8Format.of(device).label() : "";
    return Outcome.of(attempt(name, folder, report, arithmetic), stint);
  }

  private Recipe recipe(List<Step> steps) {
    return new Recipe(settings.seed(), settings.data(), steps, List.of());
  }

  /** The step of that name, when it did nothing. */
  private static Optional<StepRecord> idle(List<StepRecord> steps, String name) {
    return steps.stream().filter(s -> s.step().name().equals(name) && !s.changed()).findFirst();
  }

  private Attempt attempt(
      ArtifactName name, Path folder, CompressionReport report, String arithmetic)
      throws IOException {
    if (!report.recipe().steps().isEmpty()) {
      Files.write(folder.resolve(RECIPE), Json.pretty(report.recipe().json()));
    }
    Work run = RunWork.of(OnnxModel.open(folder).file(), samples().first(1), settings.threads());
    return Attempt.of(Variant.of(name, model, folder, report), report, arithmetic, run);
  }

  /**
   * Races variants against the model as it came, all at once: what was measured minutes apart
   * cannot tell small differences on a shared machine.
   */
  List<Attempt> raced(List<Attempt> all, Set<Attempt> finalists) throws IOException {
    List<Attempt> runners = new ArrayList<>();
    all.stream().filter(a -> a.equals(all.get(0)) || finalists.contains(a)).forEach(runners::add);
    List<OrtModel> sessions = new ArrayList<>();
    try {
      for (Attempt runner : runners) {
        sessions.add(OrtModel.open(OnnxModel.open(runner.folder()).file(), settings.threads()));
      }
      double seconds = RACE_SECONDS * runners.size();
      List<Latency> times = LatencyRace.run(sessions, samples().first(1), seconds);
      List<Attempt> now = new ArrayList<>();
      for (Attempt attempt : all) {
        int at = runners.indexOf(attempt);
        now.add(
            at < 0
                ? attempt
                : attempt.at(
                    times.get(at).p10Millis() / times.get(0).p10Millis(),
                    times.get(at).p50Millis()));
      }
      return now;
    } finally {
      sessions.forEach(OrtModel::close);
    }
  }

  private Samples samples() throws IOException {
    OnnxModel source = OnnxModel.open(model).runnable();
    Map<String, DataSpec> data = settings.data();
    return Samples.of(source, data.isEmpty() ? Map.of("", DefaultData.of(source.facts())) : data);
  }

  /** What the best for each device makes of the same samples as the model as it came, as HTML. */
  Map<ArtifactName, String> outputs(Attempt asItCame, List<Decision> decisions) throws IOException {
    Map<ArtifactName, String> shown = new HashMap<>();
    for (Decision decision : decisions) {
      Attempt best = decision.best();
      if (!best.equals(asItCame) && !shown.containsKey(best.name())) {
        SideBySide pair = new SideBySide(side(asItCame), side(best), settings.threads());
        shown.put(best.name(), pair.html(best.quality().kind(), samples().forJudging()));
      }
    }
    return shown;
  }

  private static SideBySide.Side side(Attempt attempt) throws IOException {
    return new SideBySide.Side(attempt.name().value(), OnnxModel.open(attempt.folder()));
  }

  /** Moves the folders of variants to where they are to be published from. */
  void hand(List<Attempt> kept, Path to) throws IOException {
    for (Attempt attempt : kept) {
      Files.deleteIfExists(attempt.folder().resolve(GoldenFile.SAMPLE));
      Files.move(attempt.folder(), to.resolve(attempt.name().value()));
    }
  }
}
