/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.distill.AgainstTeacher;
import dev.sagui.distill.DistillLoss;
import dev.sagui.distill.Distillation;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.run.Samples;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.Projection;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One teacher's students, each trained from its start and judged on the way. */
record DistillRace(
    OnnxModel teacher,
    Samples learnt,
    AgainstTeacher judge,
    int threads,
    Consumer<String> progress) {
  private static final int BATCH = 64;

  /**
   * Trains for as long as the last of {@code wanted} says.
   *
   * @param goals gets whether each was met
   * @return what was reached at each, and the milliseconds of a step
   */
  String run(OnnxModel student, double rate, List<DistillBench.Wanted> wanted, List<Goal> goals)
      throws IOException {
    long steps = wanted.get(wanted.size() - 1).step();
    TrainerOptions options =
        new TrainerOptions(
            steps,
            1,
            5,
            0.995,
            OptimizerOptions.usual(OptimizerRule.ADAM).withRate(rate),
            RateSchedule.USUAL);
    Distillation.Lesson lesson =
        new Distillation.Lesson(
            teacher, student, Projection.NONE, learnt, DistillLoss.USUAL, BATCH, threads, 7);
    List<String> told = new ArrayList<>();
    long nanos = 0;
    try (Training training = Distillation.of(lesson, judge, options)) {
      for (DistillBench.Wanted each : wanted) {
        while (training.done() < each.step()) {
          long start = System.nanoTime();
          training.step();
          nanos += System.nanoTime() - start;
        }
        double reached = training.score().value();
        progress.accept("%d steps: %.1f dB".formatted(each.step(), reached));
        told.add(String.format(Locale.ROOT, "%d steps %.1f dB", each.step(), reached));
        goals.add(Goal.atLeast(reached, each.psnrDb(), "%.1f dB"));
      }
      if (teacher.facts().takesLatents()) {
        told.add(distance(training.net(), goals));
      }
      told.add(String.format(Locale.ROOT, "%.0f ms a step", nanos / 1e6 / training.done()));
    }
    return String.join(", ", told);
  }

  /** KID, which should not tell the student from the teacher. */
  private String distance(OnnxModel student, List<Goal> goals) throws IOException {
    Quality quality = judge.quality(student, "");
    double kid = quality.metrics().getOrDefault(Metric.KID, Double.NaN);
    double chance = quality.nullScale().of(Metric.KID).orElse(Double.NaN);
    goals.add(Goal.atMost(kid, chance, "KID %.4f"));
    return String.format(Locale.ROOT, "KID %.4f", kid);
  }
}
