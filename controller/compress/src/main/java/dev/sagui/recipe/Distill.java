/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.distill.AgainstTeacher;
import dev.sagui.distill.DistillLoss;
import dev.sagui.distill.Distillation;
import dev.sagui.distill.Student;
import dev.sagui.distill.StudentSpec;
import dev.sagui.distill.Students;
import dev.sagui.isa.Int8Format;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.train.GradualZeros;
import dev.sagui.train.KeptZeros;
import dev.sagui.train.LotteryTicket;
import dev.sagui.train.Projection;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingLoop;
import dev.sagui.train.plan.TrainingKeys;
import dev.sagui.train.plan.TrainingLength;
import dev.sagui.train.qat.QuantizedNet;
import dev.sagui.train.text.TeachersText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Training inside a recipe: what the steps before left, or a smaller student of it, learns to give
 * the outputs of the model that the recipe started from. Named {@code finetune} where no student is
 * made. What does not come nearer to the teacher is taken back.
 *
 * @param sparsify how weights become zero on the way, of finetune
 * @param written texts of the teacher to learn on, instead of the recipe's samples
 * @param teacher another teacher than the recipe's input
 * @param shards that share a batch, each on a thread; 0 for all cores
 */
public record Distill(
    Optional<StudentSpec> student,
    Optional<Path> teacher,
    DistillLoss loss,
    Optional<Zeroing> sparsify,
    Optional<TeachersText> written,
    TrainingKeys keys,
    long seed,
    int shards)
    implements Step {
  /** Of the step that makes no student. */
  static final String FINETUNE = "finetune";

  static final String DISTILL = "distill";

  /**
   * @param parameters as a recipe has them
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, saying what is understood
   */
  static Distill parse(String name, Map<?, ?> parameters) {
    Keys keys = Keys.of(parameters, name);
    List<String> known = new ArrayList<>(TrainingKeys.NAMES);
    known.addAll(List.of(DistillLoss.KEY, TeachersText.KEY, "teacher", "seed", "threads"));
    known.add(name.equals(DISTILL) ? "student" : Zeroing.KEY);
    keys.only(known);
    Optional<Zeroing> zeroing = Zeroing.parse(keys);
    TrainingKeys plan = TrainingKeys.parse(keys, TrainingKeys.USUAL);
    if (zeroing.filter(zeros -> zeros.rewind() > 0).isPresent()
        && plan.length() instanceof TrainingLength.Time) {
      throw RecipeFile.bad("'rewind' takes 'steps' or 'epochs', of which it goes back to a share");
    }
    return new Distill(
        keys.has("student")
            ? Optional.of(StudentSpec.parse(keys.at("student").map()))
            : Optional.empty(),
        keys.text("teacher").map(Path::of),
        DistillLoss.parse(keys),
        zeroing,
        keys.has(TeachersText.KEY) ? Optional.of(TeachersText.parse(keys)) : Optional.empty(),
        plan,
        keys.whole("seed", 7, 0),
        Math.toIntExact(keys.whole("threads", 0, 0)));
  }

  /** What the steps before left learns for so long to give the original's outputs. */
  public static Distill finetune(Duration time) {
    return parse(FINETUNE, Map.of("minutes", time.toMillis() / 60e3));
  }

  @Override
  public String name() {
    return student.isPresent() ? DISTILL : FINETUNE;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    student.ifPresent(spec -> parameters.put("student", spec.json()));
    teacher.ifPresent(file -> parameters.put("teacher", file.toString()));
    parameters.putAll(loss.json());
    sparsify.ifPresent(share -> parameters.put(Zeroing.KEY, share.json()));
    written.ifPresent(text -> parameters.putAll(text.json()));
    parameters.putAll(keys.json());
    parameters.put("seed", seed);
    if (shards > 0) {
      parameters.put("threads", shards);
    }
    return parameters;
  }

  @Override
  public Optional<Path> reads() {
    return teacher.or(() -> student.flatMap(StudentSpec::file));
  }

  @Override
  public boolean looksAtSamples() {
    return true;
  }

  @Override
  public boolean shrinks() {
    return student.isPresent();
  }

  @Override
  public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    OnnxModel master = teacher.isPresent() ? OnnxModel.open(teacher.get()) : around.source();
    Samples samples = written.isPresent() ? written(master, around) : around.calibration();
    Map<String, Object> metrics = new LinkedHashMap<>();
    Map<String, Object> choices = new LinkedHashMap<>();
    OnnxModel start = model;
    if (student.isPresent()) {
      Accepted.singlePrecision(model);
      Student made =
          Students.of(
              model, student.get(), samples, around.scratch(), around.threads(), around.progress());
      metrics.put("student", made.measured().json());
      metrics.put("notes", made.notes());
      choices.put("student", made.resolved().json());
      start = made.model();
    }
    StepOutcome begun = new StepOutcome(start, true, false, "", metrics, choices);
    StepOutcome outcome = trained(begun, master, samples, around);
    return student.isPresent() ? Payoff.of(model, around).held(outcome) : outcome;
  }

  private Samples written(OnnxModel master, Surroundings around) throws IOException {
    return written.orElseThrow().samples(master, seed, around.scratch().next(), around.progress());
  }

  private StepOutcome trained(
      StepOutcome begun, OnnxModel master, Samples samples, Surroundings around)
      throws IOException {
    OnnxModel start = begun.model();
    Map<String, Object> metrics = new LinkedHashMap<>(begun.metrics());
    Map<String, Object> choices = new LinkedHashMap<>(begun.choices());
    int threads = shards > 0 ? shards : Runtime.getRuntime().availableProcessors();
    Optional<QuantizedNet> integers = QuantizedNet.of(start, Int8Format.of(around.device()));
    if (integers.isEmpty()) {
      Accepted.singlePrecision(start);
      Accepted.unquantized(start, "distill");
    }
    OnnxModel given = integers.map(QuantizedNet::freed).orElse(start);
    AgainstTeacher scorer = AgainstTeacher.of(master, samples.forJudging(), around.threads());
    Scorer judge = integers.isPresent() ? integers.get().judgedBy(scorer) : scorer;
    TrainingKeys planned = keys.over(samples.count());
    Projection held = projection(given, integers);
    Distillation.Lesson whole = lesson(master, given, held, samples.forCalibration(), threads);
    Distillation.Lesson lesson = rewound(whole, scorer, planned, around);
    OnnxModel net = lesson.student();
    choices.put("threads", threads);
    BestModel best;
    try (Training training = Distillation.of(lesson, scorer, judge, planned.trainer())) {
      OnnxModel first = sparsify.isPresent() ? training.net() : net; // zeroed at once
      Score before = judge.of(first);
      best = new BestModel(first, before, name(), around.progress());
      new TrainingLoop(training, planned.loop(), best, System::nanoTime).run(List.of(before));
      metrics.put("steps", training.done());
      metrics.put("metric", before.metric());
      metrics.put("before", before.value());
      metrics.put("after", best.score().value());
      choices.put("steps", training.done());
      if (best.model() == first && student.isEmpty()) {
        return new StepOutcome(
            start, false, true, worse(before, training.done()), metrics, choices);
      }
    }
    OnnxModel learnt = integers.isPresent() ? integers.get().quantized(best.model()) : best.model();
    return new StepOutcome(learnt, true, false, "", metrics, choices);
  }

  private Projection projection(OnnxModel net, Optional<QuantizedNet> integers) throws IOException {
    if (sparsify.isPresent() && integers.isPresent()) {
      throw RecipeFile.bad(
          "%s takes '%s' before weights become integers; put the step before quantize and store"
              .formatted(FINETUNE, Zeroing.KEY));
    }
    return sparsify.isPresent()
        ? GradualZeros.of(sparsify.get().share(), sparsify.get().dropout(), seed)
        : KeptZeros.of(net, integers.isPresent() ? integers.get() : Projection.NONE);
  }

  private Distillation.Lesson lesson(
      OnnxModel master, OnnxModel net, Projection held, Samples learnt, int threads) {
    return new Distillation.Lesson(master, net, held, learnt, loss, keys.batch(), threads, seed);
  }

  /** The same, of the weights that end large, from where they were early. */
  private Distillation.Lesson rewound(
      Distillation.Lesson whole, AgainstTeacher scorer, TrainingKeys planned, Surroundings around)
      throws IOException {
    double rewind = sparsify.map(Zeroing::rewind).orElse(0.0);
    if (rewind == 0) {
      return whole;
    }
    OnnxModel net = whole.student();
    Distillation.Lesson dense = whole.of(net, KeptZeros.of(net, Projection.NONE));
    try (Training training = Distillation.of(dense, scorer, planned.trainer())) {
      long early = Math.round(rewind * training.steps());
      OnnxModel begun = net;
      while (training.done() < training.steps()) {
        training.step();
        begun = training.done() == early ? training.net() : begun;
        around.progress().at("before rewinding", (double) training.done() / training.steps());
      }
      OnnxModel ticket = LotteryTicket.of(begun, training.net(), sparsify.orElseThrow().share());
      return whole.of(ticket, KeptZeros.of(ticket, Projection.NONE));
    }
  }

  private static String worse(Score before, long steps) {
    return String.format(
        Locale.ROOT,
        "was taken back: %d steps brought it no nearer to the teacher than %s %.2f",
        steps,
        before.metric(),
        before.value());
  }
}
