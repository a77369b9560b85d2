/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A generative adversarial network from random weights. */
class GanIT {
  private static final Path DEMO = Path.of("../../deploy/demo/models/fashion-dcgan-generator.onnx");
  private static final TrainerOptions OPTIONS =
      new TrainerOptions(
          80,
          1,
          0,
          0.9,
          new OptimizerOptions(OptimizerRule.ADAM, 1e-3, 0.5, 0.99, 1e-8, 0),
          RateSchedule.USUAL);

  @TempDir Path folder;

  private static Map<String, Object> small(String loss, boolean spectral) {
    return Map.of(
        "latent",
        8,
        "generator",
        List.of(16, 12, 8),
        "critic",
        List.of(8, 16),
        "loss",
        loss,
        "spectral",
        spectral);
  }

  private Training training(Map<String, Object> net, int side) throws Exception {
    DataSpec data = DataSpec.parse("idx:" + Boxes.write(folder.resolve("b.gz"), 300, side, 1));
    return NetSpec.parse(Map.of("dcgan", net))
        .prepare(new Setting(data, Optional.empty(), Augment.NONE, 16, 2, 5))
        .training(OPTIONS);
  }

  private static void steps(Training training, int count) {
    for (int i = 0; i < count; i++) {
      training.step();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hinge", "non-saturating", "least-squares"})
  void comesNearerToPicturesItHasNotSeen(String loss) throws Exception {
    try (Training training = training(small(loss, !loss.equals("least-squares")), 16)) {
      double before = training.score().value();
      steps(training, 80);
      double after = training.score().value();
      assertTrue(after < 0.7 * before, before + " to " + after);
    }
  }

  @Test
  void sameSeedGivesTheSameBytesAlsoAfterAStop() throws Exception {
    TrainingState half;
    TrainingState straight;
    try (Training training = training(small("hinge", true), 16)) {
      steps(training, 3);
      half = training.state();
      steps(training, 3);
      straight = training.state();
    }
    try (Training training = training(small("hinge", true), 16)) {
      training.resume(half);
      steps(training, 3);
      assertEquals(straight, training.state());
    }
  }

  @Test
  void givesAGeneratorLikeThatOfTheDemo() throws Exception {
    try (Training training = training(Map.of(), 28)) {
      steps(training, 1);
      OnnxModel demo = OnnxModel.open(DEMO);
      OnnxModel made = training.models().get("generator");
      assertEquals(demo.facts().parameters(), made.facts().parameters());
      try (OrtModel generator = OrtModel.open(made, 1, false)) {
        Tensor z = Tensor.of("z", new float[3 * 64], 3, 64);
        Tensor image = generator.run(List.of(z)).get(0);
        assertEquals("image", image.name());
        assertEquals(List.of(3L, 1L, 28L, 28L), image.shape());
      }
    }
  }
}
