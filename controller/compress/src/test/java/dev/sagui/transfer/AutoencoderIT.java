/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's autoencoder of clothes learns other pictures. */
class AutoencoderIT {
  private static final Path DEMO = Path.of("../../deploy/demo/models");

  @TempDir Path folder;

  private Map<String, Object> recipe() throws IOException {
    Map<String, Object> recipe = new HashMap<>();
    recipe.put("base", DEMO.resolve("fashion-vae-decoder.onnx"));
    recipe.put("encoder", DEMO.resolve("fashion-vae-encoder.onnx"));
    recipe.put("data", "idx:" + Strokes.write(folder.resolve("a.idx"), 96, 1));
    recipe.put("held-out", "idx:" + Strokes.write(folder.resolve("b.idx"), 64, 2));
    recipe.put("batch", 16);
    recipe.put("steps", 30);
    recipe.put("threads", 1);
    return recipe;
  }

  private static Training begun(Transfer transfer, TransferSpec spec) throws IOException {
    return transfer.training(spec.keys().over(transfer.samples()).trainer());
  }

  @Test
  void explainsOtherPicturesBetterAfterAFewSteps() throws Exception {
    TransferSpec spec = TransferSpec.parse(recipe());
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(spec, scratch, Progress.NONE);
      double before = transfer.before().value();
      try (Training training = begun(transfer, spec)) {
        assertEquals(before, training.score().value(), 1e-3 * before);
        while (training.done() < training.steps()) {
          training.step();
        }
        double after = training.score().value();
        assertTrue(after < 0.8 * before, before + " to " + after);
      }
    }
  }

  @Test
  void takesApartWhatItJoined() throws Exception {
    TransferSpec spec = TransferSpec.parse(recipe());
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(spec, scratch, Progress.NONE);
      Tensor z = Tensor.of("z", gaussian(64), 2, 32);
      float[] given = run(OnnxModel.open(spec.base()), z);
      try (Training training = begun(transfer, spec)) {
        Map<String, OnnxModel> models = training.models();
        assertEquals(List.of("decoder", "encoder"), List.copyOf(models.keySet()));
        assertArrayEquals(given, run(models.get("decoder"), z), 1e-6f);
      }
    }
  }

  @Test
  void freezesAllButTheLastLayers() throws Exception {
    Map<String, Object> recipe = recipe();
    recipe.put("method", "partial");
    recipe.put("layers", 2);
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(spec, scratch, Progress.NONE);
      try (Training training = begun(transfer, spec)) {
        training.step();
        training.step();
        long learnt =
            training.state().part("values.").tensors().values().stream()
                .mapToLong(tensor -> tensor.floats().length)
                .sum();
        OnnxModel decoder = transfer.models().get("decoder");
        assertTrue(learnt < decoder.facts().parameters() / 8, learnt + " values");
        OnnxModel adapted = training.models().get("encoder");
        Tensor picture =
            Tensor.of(adapted.graph().getInput(0).getName(), new float[784], 1, 1, 28, 28);
        assertArrayEquals(run(transfer.models().get("encoder"), picture), run(adapted, picture));
      }
    }
  }

  @Test
  void learnsInASimplerArchitecture() throws Exception {
    Map<String, Object> recipe = recipe();
    recipe.put("student", Map.of("flops", 0.5));
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(spec, scratch, Progress.NONE);
      long full = OnnxModel.open(spec.base()).facts().parameters();
      try (Training training = begun(transfer, spec)) {
        double before = training.score().value();
        for (int i = 0; i < 10; i++) {
          training.step();
        }
        assertTrue(training.score().value() < before);
        assertTrue(training.models().get("decoder").facts().parameters() < 0.8 * full);
      }
    }
  }

  private static float[] gaussian(int count) {
    SplittableRandom random = new SplittableRandom(4);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] run(OnnxModel model, Tensor input) throws IOException {
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      return session.run(List.of(input)).get(0).floats();
    }
  }
}
