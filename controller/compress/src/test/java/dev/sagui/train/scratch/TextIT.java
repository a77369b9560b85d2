/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Language models from random weights. */
class TextIT {
  private static final String LICENCE = "text:../../LICENSE";
  private static final Map<String, Object> GPT =
      Map.of("gpt", Map.of("context", 16, "width", 24, "heads", 3, "layers", 2));

  private static Training training(Map<String, Object> net, String data) throws Exception {
    return NetSpec.parse(net)
        .prepare(new Setting(DataSpec.parse(data), Optional.empty(), Augment.NONE, 16, 2, 5))
        .training(
            new TrainerOptions(
                120,
                1,
                1,
                0.9,
                OptimizerOptions.usual(OptimizerRule.ADAM).withRate(5e-3),
                RateSchedule.USUAL));
  }

  private static void steps(Training training, int count) {
    for (int i = 0; i < count; i++) {
      training.step();
    }
  }

  /** Starts near 8 bits; letters alone by their frequency take about 4.4. */
  private static void learns(Map<String, Object> net, String score) throws Exception {
    try (Training training = training(net, LICENCE)) {
      assertEquals(score, training.score().metric());
      assertEquals(8, training.figures().get("bits_per_byte"), 0.3);
      steps(training, 120);
      Map<String, Double> figures = training.figures();
      assertTrue(figures.get("bits_per_byte") < 5, figures.toString());
      assertEquals(figures.get(score), training.score().value());
    }
  }

  @Test
  void transformerLearnsToForetellATextItHasNotSeen() throws Exception {
    learns(GPT, "perplexity");
  }

  @Test
  void sameSeedGivesTheSameBytes() throws Exception {
    float[] first;
    try (Training training = training(GPT, LICENCE)) {
      steps(training, 4);
      first = training.state().arrays().get("values");
    }
    try (Training training = training(GPT, LICENCE)) {
      steps(training, 4);
      assertArrayEquals(first, training.state().arrays().get("values"));
    }
  }

  private static Tensor ids(long... ids) {
    ByteBuffer data = ByteBuffer.allocateDirect(8 * ids.length).order(ByteOrder.nativeOrder());
    data.asLongBuffer().put(ids);
    return new Tensor("ids", DataType.INT64, List.of(1L, (long) ids.length), data);
  }

  /** What comes later changes nothing before it, and shorter texts than the context are taken. */
  @Test
  void transformerSeesWhatCameBeforeAlone() throws Exception {
    try (Training training = training(GPT, LICENCE)) {
      steps(training, 2);
      try (OrtModel model = OrtModel.open(training.models().get("model"), 1, false)) {
        float[] whole = model.run(List.of(ids(84, 104, 101, 32, 120))).get(0).floats();
        float[] other = model.run(List.of(ids(84, 104, 101))).get(0).floats();
        assertArrayEquals(other, Arrays.copyOf(whole, other.length), 1e-4f);
      }
    }
  }

  @Test
  void refusesATextThatIsNotThere() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> training(GPT, "text:nowhere.txt"));
    assertTrue(refused.getMessage().contains("found nothing"), refused.getMessage());
  }
}
