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
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
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

  private static final Map<String, Object> LSTM =
      Map.of("char-lstm", Map.of("length", 16, "embedding", 8, "units", 32));

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
  void lstmLearnsToForetellATextItHasNotSeen() throws Exception {
    learns(LSTM, "bits_per_character");
  }

  @Test
  void sameSeedGivesTheSameBytes() throws Exception {
    TrainingState first;
    try (Training training = training(GPT, LICENCE)) {
      steps(training, 4);
      first = training.state();
    }
    try (Training training = training(GPT, LICENCE)) {
      steps(training, 4);
      assertEquals(first, training.state());
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
  void lstmGoesOnFromItsState() throws Exception {
    try (Training training = training(LSTM, LICENCE)) {
      steps(training, 2);
      OnnxModel made = training.models().get("model");
      try (OrtModel model = OrtModel.open(made, 1, false)) {
        List<Tensor> zero =
            List.of(
                Tensor.of("h", new float[32], 1, 1, 32), Tensor.of("c", new float[32], 1, 1, 32));
        List<Tensor> whole = model.run(with(ids(84, 104, 101), zero));
        List<Tensor> state = zero;
        float[] last = {};
        for (long id : new long[] {84, 104, 101}) {
          List<Tensor> next = model.run(with(ids(id), state));
          state = List.of(next.get(1).named("h"), next.get(2).named("c"));
          last = next.get(0).floats();
        }
        float[] all = whole.get(0).floats();
        assertArrayEquals(Arrays.copyOfRange(all, 2 * 256, 3 * 256), last, 1e-5f);
        assertArrayEquals(whole.get(1).floats(), state.get(0).floats(), 1e-5f);
      }
    }
  }

  private static List<Tensor> with(Tensor ids, List<Tensor> state) {
    List<Tensor> inputs = new ArrayList<>(List.of(ids));
    inputs.addAll(state);
    return inputs;
  }

  @Test
  void refusesATextThatIsNotThere() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> training(GPT, "text:nowhere.txt"));
    assertTrue(refused.getMessage().contains("found nothing"), refused.getMessage());
  }
}
