/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.distill.AgainstTeacher;
import dev.sagui.distill.DistillLoss;
import dev.sagui.distill.Distillation;
import dev.sagui.distill.Student;
import dev.sagui.distill.StudentSpec;
import dev.sagui.distill.Students;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.Quality;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Projection;
import dev.sagui.train.folder.OutputSheet;
import dev.sagui.train.text.LanguageModel;
import dev.sagui.train.text.TeachersText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A student that learns to give a teacher's outputs.
 *
 * @param teacher file or folder
 * @param student how it is made of the teacher, or its file
 * @param written texts of the teacher to learn on
 */
record DistillRecipe(
    Path teacher,
    StudentSpec student,
    DistillLoss loss,
    Optional<TeachersText> written,
    Course course)
    implements TrainingRecipe {
  private static final int SAMPLE_RATE = (int) EvaluationOptions.DEFAULT.sampleRate();
  private static final String TEACHER = "teacher";
  private static final String STUDENT = "student";
  private static final String FILE = "file";

  static DistillRecipe parse(Keys keys, Path base) {
    keys.only(Course.names(TEACHER, STUDENT, DistillLoss.KEY, TeachersText.KEY));
    if (!keys.has(TEACHER) || !keys.has(STUDENT)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected teacher: model.onnx and student: {width: 0.5} or {file: small.onnx} in the recipe, found "
              + keys.map().keySet());
    }
    return new DistillRecipe(
        base.resolve(keys.text(TEACHER).orElseThrow()),
        StudentSpec.parse(at(base, keys.at(STUDENT).map())),
        DistillLoss.parse(keys),
        written(keys),
        Course.parse(keys, base));
  }

  private static Optional<TeachersText> written(Keys keys) {
    if (!keys.has(TeachersText.KEY)) {
      return Optional.empty();
    }
    if (keys.has(Course.DATA)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "a student learns on 'data' or on what its teacher has 'written': leave out one of them");
    }
    return Optional.of(TeachersText.parse(keys));
  }

  private static Map<String, Object> at(Path base, Map<String, Object> student) {
    Map<String, Object> map = new LinkedHashMap<>(student);
    map.computeIfPresent(FILE, (key, file) -> base.resolve(file.toString()).toString());
    return map;
  }

  @Override
  public Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put(TEACHER, teacher);
    student.file().ifPresent(file -> files.put(STUDENT, file));
    return files;
  }

  @Override
  public Map<String, Object> json(Course at, Path base) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(TEACHER, RecipePaths.relative(teacher, base));
    Map<String, Object> made = student.json();
    student.file().ifPresent(file -> made.put(FILE, RecipePaths.relative(file, base)));
    map.put(STUDENT, made);
    map.putAll(loss.json());
    written.ifPresent(text -> map.putAll(text.json()));
    map.putAll(at.json());
    return map;
  }

  @Override
  public Prepared prepare(int threads, Scratch scratch, Progress progress) throws IOException {
    OnnxModel model = OnnxModel.open(teacher).runnable();
    Source source = source(model, scratch, progress);
    Map<String, DataSpec> data = source.data();
    Samples samples = Samples.of(model, data);
    Samples learnt = samples.forCalibration();
    AgainstTeacher scorer = AgainstTeacher.of(model, samples.forJudging(), threads);
    DistillLoss whole = loss.of(scorer.kind());
    Student made = Students.of(model, student, samples, scratch, threads, progress);
    DistillRecipe resolved =
        new DistillRecipe(
            teacher,
            made.resolved(),
            whole,
            source.text(),
            source.text().isPresent() ? course : course.withData(data));
    Course plan = resolved.course.over(learnt.count());
    int shards = Prepared.shards(plan.training().batch(), threads);
    Distillation.Lesson lesson =
        new Distillation.Lesson(
            model,
            made.model(),
            Projection.NONE,
            learnt,
            whole,
            plan.training().batch(),
            shards,
            plan.seed());
    return new Prepared(
        resolved,
        plan,
        Distillation.of(lesson, scorer, plan.training().trainer()),
        shards,
        OutputSheet.of(samples.forJudging(), Optional.of(model), SAMPLE_RATE),
        Map.of(STUDENT, facts(made)),
        best -> verdict(best, model, scorer, source.told(), samples.first(1)));
  }

  private static Map<String, Object> verdict(
      OnnxModel best, OnnxModel model, AgainstTeacher scorer, String data, List<Tensor> sample)
      throws IOException {
    Quality quality = scorer.quality(best, data);
    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("against_teacher", AgainstOriginal.of(model, best, sample).json());
    verdict.put("quality", quality.json());
    verdict.put("null_scale", quality.nullScale().json());
    return verdict;
  }

  private static Map<String, Object> facts(Student made) {
    Map<String, Object> facts = made.measured().json();
    facts.put("parameters", made.model().facts().parameters());
    facts.put("notes", made.notes());
    return facts;
  }

  /**
   * What a student learns on.
   *
   * @param text that its teacher writes
   * @param told for reports
   */
  private record Source(Optional<TeachersText> text, Map<String, DataSpec> data, String told) {
    static Source of(Map<String, DataSpec> data) {
      return new Source(Optional.empty(), data, DataSpec.told(data));
    }
  }

  private Source source(OnnxModel model, Scratch scratch, Progress progress) throws IOException {
    if (!course.data().isEmpty()) {
      return Source.of(course.data());
    }
    Optional<LanguageModel> net = LanguageModel.find(model);
    if (net.isPresent()) {
      TeachersText text = written.orElse(TeachersText.USUAL).of(model, net.get());
      return new Source(
          Optional.of(text),
          text.data(model, net.get(), course.seed(), scratch.next(), progress),
          text.told());
    }
    if (written.isPresent()) {
      throw bad("expected a language model that writes, %s is none; give 'data'");
    }
    if (!model.facts().takesLatents()) {
      throw bad("say what %s is to learn on: data: images:DIR, npz:FILE, text:FILE…");
    }
    return Source.of(Map.of("", DataSpec.HELD_OUT_LATENTS));
  }

  private RejectedException bad(String aboutTeacher) {
    return new RejectedException(FailureCode.BAD_REQUEST, aboutTeacher.formatted(teacher));
  }
}
