/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A variational autoencoder from random weights. */
class VaeIT {
  private static final Path DEMO = Path.of("../../deploy/demo/models");
  private static final TrainerOptions OPTIONS = TrainerOptions.usual(60, OptimizerRule.ADAM);
  private static final NetSpec SMALL =
      NetSpec.parse(
          Map.of("vae", Map.of("encoder", List.of(8, 16), "decoder", List.of(16, 12, 8))));

  @TempDir Path folder;

  private Training training(NetSpec spec, int side, Augment augment) throws Exception {
    DataSpec data = DataSpec.parse("idx:" + Boxes.write(folder.resolve("b.gz"), 300, side, 1));
    return spec.prepare(new Setting(data, Optional.empty(), augment, 32, 2, 5)).training(OPTIONS);
  }

  private static void steps(Training training, int count) {
    for (int i = 0; i < count; i++) {
      training.step();
    }
  }

  @Test
  void learnsToExplainPicturesItHasNotSeen() throws Exception {
    try (Training training = training(SMALL, 16, new Augment(true, 1, 0.1))) {
      double before = training.score().value();
      steps(training, 60);
      double after = training.score().value();
      assertTrue(after < 0.8 * before, before + " to " + after);
      Map<String, Double> figures = training.figures();
      assertEquals(after, figures.get("negative_elbo_nats"));
      assertEquals(after, figures.get("reconstruction") + figures.get("kl"), 1e-3);
      assertTrue(figures.get("kid") > figures.get("kid_chance"), figures.toString());
    }
  }

  @Test
  void sameSeedGivesTheSameBytesAlsoAfterAStop() throws Exception {
    TrainingState straight;
    TrainingState half;
    try (Training training = training(SMALL, 16, new Augment(true, 1, 0.1))) {
      steps(training, 3);
      half = training.state();
      steps(training, 3);
      straight = training.state();
    }
    try (Training training = training(SMALL, 16, new Augment(true, 1, 0.1))) {
      training.resume(half);
      steps(training, 3);
      assertEquals(straight, training.state());
    }
    try (Training training = training(SMALL, 16, new Augment(true, 1, 0.1))) {
      steps(training, 6);
      assertEquals(straight, training.state());
    }
  }

  @Test
  void givesModelsLikeThoseOfTheDemo() throws Exception {
    try (Training training = training(VaeSpec.USUAL, 28, Augment.NONE)) {
      steps(training, 1);
      Map<String, OnnxModel> models = training.models();
      assertEquals(List.of("decoder", "encoder"), List.copyOf(models.keySet()));
      for (Map.Entry<String, OnnxModel> each : models.entrySet()) {
        OnnxModel demo = OnnxModel.open(DEMO.resolve("fashion-vae-" + each.getKey() + ".onnx"));
        OnnxModel made = each.getValue();
        assertEquals(names(demo.graph().getInputList()), names(made.graph().getInputList()));
        assertEquals(names(demo.graph().getOutputList()), names(made.graph().getOutputList()));
        assertEquals(demo.facts().parameters(), made.facts().parameters());
      }
      try (OrtModel decoder = OrtModel.open(models.get("decoder"), 1, false)) {
        Tensor z = Tensor.of("z", new float[3 * 32], 3, 32);
        assertEquals(List.of(3L, 1L, 28L, 28L), decoder.run(List.of(z)).get(0).shape());
      }
    }
  }

  private static List<String> names(List<ValueInfoProto> values) {
    return values.stream().map(ValueInfoProto::getName).toList();
  }

  @Test
  void refusesPicturesOfOddSides() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> training(SMALL, 15, Augment.NONE));
    assertEquals(FailureCode.BAD_REQUEST, refused.code());
    assertTrue(
        refused.getMessage().contains("multiples of 4, found 15 × 15"), refused.getMessage());
  }

  @Test
  void refusesAnUnknownNetByTheNearest() {
    RejectedException refused = assertThrows(RejectedException.class, () -> NetSpec.parse("vea"));
    assertTrue(refused.getMessage().contains("the nearest is 'vae'"), refused.getMessage());
  }
}
