/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A classifier of six kinds of clothes learns the other four from ten pictures each. */
class ClassifierIT {
  @TempDir static Path folder;

  private static Path base;

  @BeforeAll
  static void train() throws Exception {
    assumeTrue(Clothes.areThere(), "needs Debian's package dataset-fashion-mnist");
    Clothes.write(folder, "six", List.of(0, 1, 2, 3, 4, 5), 0, 330);
    Clothes.write(folder, "ten", List.of(6, 7, 8, 9), 0, 10);
    Clothes.write(folder, "other", List.of(6, 7, 8, 9), 10, 100);
    Clothes.write(folder, "more", List.of(0, 1, 2, 3, 4, 5), 330, 50);
    Path random = SmallClassifier.write(folder.resolve("random.onnx"), 6);
    Map<String, Object> recipe = recipe(random, "six", "more");
    recipe.put("steps", 120);
    recipe.put("batch", 32);
    Path at = Files.createDirectory(folder.resolve("base"));
    base = ModelWriter.write(adapted(recipe), at, Progress.NONE).get(0);
  }

  private static Map<String, Object> recipe(Path model, String data, String heldOut) {
    Map<String, Object> recipe = new HashMap<>();
    recipe.put("base", model);
    recipe.put("data", "idx:" + folder.resolve(data + "-images.idx"));
    recipe.put("labels", "idx:" + folder.resolve(data + "-labels.idx"));
    recipe.put("held-out", "idx:" + folder.resolve(heldOut + "-images.idx"));
    recipe.put("held-out-labels", "idx:" + folder.resolve(heldOut + "-labels.idx"));
    recipe.put("threads", 1);
    return recipe;
  }

  private static Map<String, Object> four() {
    Map<String, Object> recipe = recipe(base, "ten", "other");
    recipe.put("batch", 20);
    recipe.put("steps", 30);
    recipe.put("average", 0.8);
    return recipe;
  }

  private static OnnxModel adapted(Map<String, Object> recipe) throws IOException {
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create();
        Training training = training(spec, scratch)) {
      run(training);
      return training.net();
    }
  }

  private static Training training(TransferSpec spec, Scratch scratch) throws IOException {
    return Transfer.of(spec, scratch, Progress.NONE).training(spec.keys().trainer());
  }

  private static void run(Training training) {
    while (training.done() < training.steps()) {
      training.step();
    }
  }

  private static double accuracy(Map<String, Object> recipe) throws IOException {
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create();
        Training training = training(spec, scratch)) {
      run(training);
      double score = training.score().value();
      OnnxModel model = training.models().get("model");
      Tensor pictures = Tensor.of("image", new float[2 * 784], 2, 1, 28, 28);
      assertEquals(List.of(2L, 4L), run(model, pictures).shape());
      return score;
    }
  }

  private static Tensor run(OnnxModel model, Tensor input) throws IOException {
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      return session.run(List.of(input)).get(0);
    }
  }

  @Test
  void findsANewHeadByRidgeRegression() throws Exception {
    Map<String, Object> recipe = four();
    recipe.put("method", "head");
    double accuracy = accuracy(recipe);
    assertTrue(accuracy > 0.75, "accuracy " + accuracy);
  }

  @Test
  void findsANewHeadByLogisticRegression() throws Exception {
    Map<String, Object> recipe = four();
    recipe.put("method", "head");
    recipe.put("solver", "logistic");
    double accuracy = accuracy(recipe);
    assertTrue(accuracy > 0.75, "accuracy " + accuracy);
  }

  @Test
  void trainsTheNewHeadOrTheLastLayersByGradientsToo() throws Exception {
    Map<String, Object> head = four();
    head.put("method", "head");
    head.put("solver", "gradient");
    Map<String, Object> partial = four();
    partial.put("method", "partial");
    partial.put("layers", 2);
    for (Map<String, Object> recipe : List.of(head, partial)) {
      double accuracy = accuracy(recipe);
      assertTrue(accuracy > 0.75, recipe.get("method") + ": accuracy " + accuracy);
    }
  }

  @Test
  void shipsLowRankUpdatesBesideTheirBase() throws Exception {
    Map<String, Object> recipe = four();
    recipe.put("method", "lora");
    recipe.put("rank", 2);
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create();
        Training training = training(spec, scratch)) {
      Adaptation adaptation = (Adaptation) training;
      double before = training.score().value();
      Tensor pictures = Tensor.of("image", noise(4 * 784), 4, 1, 28, 28);
      OnnxModel start = adaptation.base().orElseThrow();
      assertArrayEquals(
          run(start, pictures).floats(), run(training.models().get("model"), pictures).floats());
      run(training);
      assertTrue(training.score().value() > before - 0.02, training.score() + " from " + before);
      byte[] file = adaptation.adapter().orElseThrow().bytes();
      assertTrue(file.length < 0.4 * ModelWriter.bytes(start), file.length + " bytes");
      OnnxModel merged = Adapter.merge(start, file);
      float[] wanted = run(training.models().get("model"), pictures).floats();
      assertArrayEquals(wanted, run(merged, pictures).floats(), 1e-6f);
      assertTrue(far(wanted, run(start, pictures).floats()), "nothing was learnt");
      OnnxModel other = OnnxModel.open(folder.resolve("random.onnx"));
      RejectedException refused =
          assertThrows(RejectedException.class, () -> Adapter.merge(other, file));
      assertEquals(FailureCode.BAD_REQUEST, refused.code());
    }
  }

  private static boolean far(float[] a, float[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most > 1e-3;
  }

  private static float[] noise(int count) {
    java.util.SplittableRandom random = new java.util.SplittableRandom(3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  @Test
  void saysWhichLayersThereAreWhenNoneMatches() {
    Map<String, Object> recipe = four();
    recipe.put("method", "partial");
    recipe.put("layers", List.of("decoder*"));
    RejectedException refused = assertThrows(RejectedException.class, () -> adapted(recipe));
    assertTrue(refused.getMessage().contains("a.weight"), refused.getMessage());
  }
}
