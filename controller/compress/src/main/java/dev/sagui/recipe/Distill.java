/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.distill.AgainstTeacher;
import dev.sagui.distill.Distillation;
import dev.sagui.distill.Student;
import dev.sagui.distill.StudentSpec;
import dev.sagui.distill.Students;
import dev.sagui.isa.Int8Format;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.train.KeptZeros;
import dev.sagui.train.NetTraining;
import dev.sagui.train.Projection;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.TrainingLoop;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.plan.TrainingKeys;
import dev.sagui.train.qat.QuantizedNet;
import java.io.IOException;
import java.nio.file.Path;
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
 * @param teacher another teacher than the recipe's input
 * @param shards that share a batch, each on a thread; 0 for all cores
 */
public record Distill(
    Optional<StudentSpec> student,
    Optional<Path> teacher,
    Optional<LossTerms> loss,
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
    known.addAll(List.of("loss", "teacher", "seed", "threads"));
    if (name.equals(DISTILL)) {
      known.add("student");
    }
    keys.only(known);
    return new Distill(
        keys.has("student")
            ? Optional.of(StudentSpec.parse(keys.at("student").map()))
            : Optional.empty(),
        keys.text("teacher").map(Path::of),
        keys.has("loss") ? Optional.of(LossTerms.parse(keys.at("loss").map())) : Optional.empty(),
        TrainingKeys.parse(keys, TrainingKeys.USUAL),
        keys.whole("seed", 7, 0),
        Math.toIntExact(keys.whole("threads", 0, 0)));
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
    loss.ifPresent(terms -> parameters.put("loss", terms.json()));
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
    Samples samples = around.calibration();
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
      Accepted.unquantized(start);
    }
    OnnxModel net = integers.map(QuantizedNet::freed).orElse(start);
    Projection onGrid = integers.isPresent() ? integers.get() : Projection.NONE;
    AgainstTeacher scorer = AgainstTeacher.of(master, samples.forJudging(), around.threads());
    Scorer judge = integers.isPresent() ? integers.get().judgedBy(scorer) : scorer;
    Score before = judge.of(net);
    BestModel best = new BestModel(net, before, name(), around.progress());
    TrainingKeys planned = keys.over(samples.count());
    Distillation.Lesson lesson =
        new Distillation.Lesson(
            master,
            net,
            KeptZeros.of(net, onGrid),
            samples.forCalibration(),
            loss,
            keys.batch(),
            threads,
            seed);
    long steps;
    try (NetTraining training = Distillation.of(lesson, scorer, judge, planned.trainer())) {
      new TrainingLoop(training, planned.loop(), best, System::nanoTime).run(List.of(before));
      steps = training.done();
    }
    metrics.put("steps", steps);
    metrics.put("metric", before.metric());
    metrics.put("before", before.value());
    metrics.put("after", best.score().value());
    choices.put("steps", steps);
    choices.put("threads", threads);
    if (best.model() == net && student.isEmpty()) {
      return new StepOutcome(start, false, true, worse(before, steps), metrics, choices);
    }
    OnnxModel learnt = integers.isPresent() ? integers.get().quantized(best.model()) : best.model();
    return new StepOutcome(learnt, true, false, "", metrics, choices);
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
