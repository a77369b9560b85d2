/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.ModelKind;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.NetTraining;
import dev.sagui.train.Projection;
import dev.sagui.train.SampleBatches;
import dev.sagui.train.Scorer;
import dev.sagui.train.TeacherBatches;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.loss.LossTerms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Training of a student to give its teacher's outputs for the same inputs (Hinton et al. 2015),
 * which takes no labels: for a generator no data at all.
 */
public final class Distillation {
  /** What a critic sees follows from another seed than what the student learns on. */
  private static final long CRITICS = 1_000_003;

  private Distillation() {}

  /**
   * Who learns what from whom.
   *
   * @param teacher float32 or quantized; its outputs are the targets
   * @param student float32, with the teacher's inputs and outputs
   * @param samples to learn on; their {@link Samples#forJudging} are held out
   * @param projection of the student's weights
   * @param loss empty terms are what suits the kind of model
   * @param batch samples in a step, over all shards
   * @param shards that share a batch, each on a thread
   */
  public record Lesson(
      OnnxModel teacher,
      OnnxModel student,
      Projection projection,
      Samples samples,
      DistillLoss loss,
      int batch,
      int shards,
      long seed) {
    /** The same of another student. */
    public Lesson of(OnnxModel other, Projection held) {
      return new Lesson(teacher, other, held, samples, loss, batch, shards, seed);
    }
  }

  /** What suits a kind of model. */
  public static LossTerms usualLoss(ModelKind kind) {
    Map<String, Object> terms = new LinkedHashMap<>(); // sums are rounded in the terms' order
    switch (kind) {
      case IMAGE -> {
        terms.put("l1", 1);
        terms.put("ssim", 0.1);
      }
      case AUDIO -> {
        terms.put("l1", 1);
        terms.put("mr-stft", 1);
        terms.put("log-mel", 1);
      }
      case LANGUAGE -> terms.put("kl", 1);
      case VECTOR -> terms.put("l2", 1);
    }
    return LossTerms.parse(terms);
  }

  /** The same, where the student is judged as it is. */
  public static Training of(Lesson lesson, AgainstTeacher scorer, TrainerOptions options)
      throws IOException {
    return of(lesson, scorer, scorer, options);
  }

  /**
   * @param judge of the student while it learns
   * @throws RejectedException BAD_REQUEST for a batch that cannot be shared, UNSUPPORTED_MODEL for
   *     a teacher without float32 outputs or a student with a node that has no gradient
   */
  public static Training of(
      Lesson lesson, AgainstTeacher scorer, Scorer judge, TrainerOptions options)
      throws IOException {
    OnnxModel teacher = lesson.teacher();
    int rows = Math.max(1, lesson.batch() / lesson.shards());
    List<Feed> inputs = new ArrayList<>();
    for (Tensor sample : lesson.samples().first(rows)) {
      inputs.add(new Feed(sample.name(), sample.type(), sample.shape()));
    }
    Map<String, String> outputs = targets(teacher, scorer.kind());
    Map<String, String> targets = new LinkedHashMap<>(outputs);
    DistillLoss loss = lesson.loss().of(scorer.kind());
    Criterion criterion =
        new ImitationLoss(
            List.copyOf(outputs.keySet()), loss.outputs().orElseThrow(), scorer.peak());
    Optional<FeatureMatching> features = FeatureMatching.of(lesson, criterion, rows);
    features.ifPresent(matching -> targets.putAll(matching.targets()));
    OnnxModel tapped = features.map(matching -> matching.tapped(teacher)).orElse(teacher);
    NetTraining.Plan plan =
        new NetTraining.Plan(
            lesson.student(),
            name -> true,
            inputs,
            features.map(Criterion.class::cast).orElse(criterion),
            new TeacherBatches(drawn(lesson, rows, 0), tapped, targets),
            lesson.projection(),
            lesson.shards());
    if (loss.adversarial().isEmpty()) {
      return NetTraining.of(plan, judge, options);
    }
    Batches others = new TeacherBatches(drawn(lesson, rows, CRITICS), teacher, outputs);
    return CriticBeside.of(lesson, loss.adversarial().get()).training(plan, others, judge, options);
  }

  private static Batches drawn(Lesson lesson, int rows, long more) {
    return SampleBatches.of(lesson.samples(), rows, lesson.shards(), lesson.seed() + more);
  }

  /**
   * The input that each of the teacher's outputs is fed to: of a language model that of its scores
   * alone, for its states and its cache of keys and values are the student's own affair.
   */
  private static Map<String, String> targets(OnnxModel teacher, ModelKind kind) {
    Map<String, String> targets = new LinkedHashMap<>();
    teacher.facts().outputs().stream()
        .filter(output -> output.type() == ElementType.FLOAT)
        .limit(kind == ModelKind.LANGUAGE ? 1 : Long.MAX_VALUE)
        .forEach(output -> targets.put(output.name(), ImitationLoss.target(output.name())));
    if (targets.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected a teacher with float32 outputs, %s has none".formatted(teacher.file()));
    }
    return targets;
  }
}
