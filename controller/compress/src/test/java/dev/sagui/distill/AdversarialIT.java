/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.Parameters;
import dev.sagui.train.Projection;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.Trainables;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A student that learns beside a critic. */
class AdversarialIT {
  private static final TrainerOptions OPTIONS =
      new TrainerOptions(
          60,
          1,
          5,
          0,
          new OptimizerOptions(OptimizerRule.ADAM, 2e-3, 0.5, 0.99, 1e-8, 0),
          RateSchedule.USUAL);

  @TempDir Path folder;

  private static DistillLoss loss(String text) {
    return DistillLoss.parse(Keys.parse("loss: " + text, "test"));
  }

  private Training training(OnnxModel teacher, DistillLoss loss, String data) throws IOException {
    Samples samples = Samples.of(teacher.facts(), DataSpec.parse(data));
    AgainstTeacher judge = AgainstTeacher.of(teacher, samples.forJudging(), 1);
    Distillation.Lesson lesson =
        new Distillation.Lesson(
            teacher, gaudy(teacher), Projection.NONE, samples.forCalibration(), loss, 16, 2, 7);
    return Distillation.of(lesson, judge, OPTIONS);
  }

  /** The same net with larger weights. */
  private static OnnxModel gaudy(OnnxModel teacher) throws IOException {
    Parameters parameters = Parameters.of(Trainables.of(teacher, name -> true), Map.of());
    ByteBuffer values = parameters.read(teacher);
    FloatBuffer all = values.asFloatBuffer();
    for (int i = 0; i < all.capacity(); i++) {
      all.put(i, 2 * all.get(i));
    }
    return parameters.write(teacher, values);
  }

  private Training training(String loss) throws IOException {
    OnnxModel teacher = Teachers.open(Teachers.generator(), folder);
    return training(teacher, loss(loss), "latent:normal:3:64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hinge", "non-saturating", "least-squares"})
  void studentComesNearerBesideEachCritic(String kind) throws IOException {
    try (Training training =
        training(
            "{l1: 1, adversarial: {weight: 0.01, loss: %s, critic: [8, 8]}}".formatted(kind))) {
      double before = training.score().value();
      Map<String, Double> terms = Map.of();
      for (int step = 0; step < 60; step++) {
        terms = training.step();
      }
      assertTrue(terms.keySet().containsAll(List.of("l1", "adversarial", "critic")));
      assertTrue(training.score().value() > before + 1, before + " dB before");
    }
  }

  /**
   * Where nothing else counts, what the student gives changes until the critic knows it no more.
   */
  @Test
  void criticTellsApartAndTheStudentFollowsIt() throws IOException {
    try (Training training =
        training(
            "{l1: 1e-9, adversarial: {loss: hinge, r1: 0, critic: [8, 8], critic-rate: 10}}")) {
      double before = training.score().value();
      double first = training.step().get("critic");
      double least = first;
      for (int step = 1; step < 60; step++) {
        least = Math.min(least, training.step().get("critic"));
      }
      assertEquals(2, first, 0.3);
      assertTrue(least < first - 0.1, first + " to " + least);
      assertTrue(training.score().value() > before, before + " dB before");
    }
  }

  @Test
  void slopePenaltyKeepsTheCriticFlat() throws IOException {
    double[] told = new double[2];
    for (int i = 0; i < 2; i++) {
      String r1 = i == 0 ? "0" : "1000";
      try (Training training =
          training("{l1: 1, adversarial: {weight: 1e-6, r1: %s, critic: [8, 8]}}".formatted(r1))) {
        for (int step = 0; step < 60; step++) {
          told[i] = training.step().get("critic");
        }
      }
    }
    assertTrue(told[1] > told[0], told[1] + " against " + told[0]);
  }

  @Test
  void sameSeedGivesTheSameBytesAlsoAfterAStop() throws IOException {
    String loss = "{features: 0.1, adversarial: {weight: 0.1, critic: [8, 8]}}";
    TrainingState half;
    TrainingState straight;
    try (Training training = training(loss)) {
      training.step();
      training.step();
      half = training.state();
      training.step();
      straight = training.state();
    }
    try (Training training = training(loss)) {
      training.resume(half);
      training.step();
      assertEquals(straight, training.state());
    }
  }

  @Test
  void recipesTellAllThatWasChosen() {
    DistillLoss written = loss("{l1: 1, adversarial: 0.01}");
    Map<String, Object> json = Keys.of(written.json().get("loss"), "loss").map();
    assertEquals(
        Map.of(
            "weight",
            0.01,
            "loss",
            "hinge",
            "r1",
            1.0,
            "critic",
            List.of(32L, 64L),
            "critic-rate",
            1.0),
        json.get("adversarial"));
    assertEquals(written.json(), DistillLoss.parse(Keys.of(written.json(), "test")).json());
  }

  @Test
  void whatIsNotUnderstoodIsNamed() throws IOException {
    refused("'r2'", () -> loss("{adversarial: {r2: 1}}"));
    refused("the nearest is 'hinge'", () -> loss("{adversarial: {loss: hing}}"));
    OnnxModel wave = Teachers.open(Teachers.wave(), folder);
    refused(
        "adversarial takes pictures",
        () -> training(wave, loss("{l1: 1, adversarial: 1}"), "latent:normal:3:64"));
  }

  private static void refused(String why, Executable what) {
    RejectedException e = assertThrows(RejectedException.class, what);
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }
}
