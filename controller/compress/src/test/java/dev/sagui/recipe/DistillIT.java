/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training as a step among others. */
class DistillIT {
  @TempDir Path folder;

  private CompressionReport compress(String steps, Path out) throws IOException {
    Recipe recipe = RecipeFile.parse("data: latent:normal:7:64\nsteps: " + steps);
    return new Compression(1, Optional.empty())
        .compress(DemoModels.VAE_DECODER, recipe, out, Progress.NONE);
  }

  private static double metric(StepRecord step, String name) {
    return ((Number) Objects.requireNonNull(step.metrics().get(name))).doubleValue();
  }

  @Test
  void finetuningGivesBackWhatPruningTook() throws IOException {
    CompressionReport report =
        compress(
            "[prune: {structured: 0.5}, finetune: {steps: 30, batch: 32}]", folder.resolve("out"));
    StepRecord step = report.steps().get(1);
    assertTrue(step.changed(), step.reason());
    assertTrue(metric(step, "after") > metric(step, "before") + 1, "" + step.metrics());
    assertEquals(30, metric(step, "steps"));
  }

  @Test
  void integersThatAreTrainedStayIntegersOfTheSameScales() throws IOException {
    CompressionReport report =
        compress(
            "[prune: {structured: 0.5}, quantize: {weights: int8, calibration: minmax, sqnr: 0},"
                + " finetune: {steps: 30, batch: 32}]",
            folder.resolve("out"));
    StepRecord step = report.steps().get(2);
    assertTrue(step.changed(), step.reason());
    assertEquals(step.bytesBefore(), step.bytesAfter());
    double told = metric(step, "after");
    double shipped = report.comparison().orElseThrow().quality().psnrDb();
    assertEquals(told, shipped, 0.6);
  }

  @Test
  void weightsStoredInFewBitsGainByTraining() throws IOException {
    CompressionReport report =
        compress(
            "[prune: {structured: 0.5}, store: {weights: int4}, finetune: {steps: 40, batch: 32}]",
            folder.resolve("out"));
    StepRecord step = report.steps().get(2);
    assertTrue(step.changed(), step.reason());
    assertEquals(step.bytesBefore(), step.bytesAfter());
    assertTrue(metric(step, "after") > metric(step, "before") + 0.4, "" + step.metrics());
    double shipped = report.comparison().orElseThrow().quality().psnrDb();
    assertEquals(metric(step, "after"), shipped, 0.3);
  }

  @Test
  void zerosThatPruningMadeStayZeros() throws IOException {
    compress("[prune: {unstructured: 0.5}, finetune: {steps: 5}]", folder.resolve("a"));
    compress("[prune: {unstructured: 0.5}]", folder.resolve("b"));
    long trained = OnnxModel.open(folder.resolve("a")).nonZero();
    long pruned = OnnxModel.open(folder.resolve("b")).nonZero();
    assertTrue(trained <= pruned, trained + " of " + pruned);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.8", "{share: 0.8, dropout: 0.5}", "{share: 0.8, rewind: 0.25}"})
  void weightsBecomeZeroWhileTheOthersLearn(String zeros) throws IOException {
    CompressionReport report =
        compress(
            "[finetune: {sparsify: %s, steps: 40, batch: 32}]".formatted(zeros),
            folder.resolve("out"));
    StepRecord step = report.steps().get(0);
    assertTrue(step.changed(), step.reason());
    assertTrue(metric(step, "after") > metric(step, "before") + 2, "" + step.metrics());
    double shipped = report.comparison().orElseThrow().quality().psnrDb();
    assertEquals(metric(step, "after"), shipped, 2);
    OnnxModel made = OnnxModel.open(folder.resolve("out"));
    assertEquals(0.2, (double) made.nonZero() / made.facts().parameters(), 0.02);
  }

  /** Progressive shrinking: each student is made of the one before, which has learnt. */
  @Test
  void aStudentOfAStudentLearnsFromTheOriginal() throws IOException {
    String step = "distill: {student: {flops: 0.7}, steps: 15, batch: 32, threads: 2}";
    CompressionReport report = compress("[%s, %s]".formatted(step, step), folder.resolve("out"));
    StepRecord first = report.steps().get(0);
    StepRecord second = report.steps().get(1);
    assertTrue(second.changed(), second.reason());
    assertTrue(second.bytesAfter() < first.bytesAfter());
    assertTrue(metric(second, "after") < metric(first, "after"), "" + second.metrics());
    double shipped = report.comparison().orElseThrow().quality().psnrDb();
    assertEquals(metric(second, "after"), shipped, 1);
  }

  @Test
  void theSameRecipeGivesTheSameBytes() throws IOException {
    String steps = "[distill: {student: {width: 0.5}, steps: 6, threads: 2}]";
    compress(steps, folder.resolve("a"));
    compress(steps, folder.resolve("b"));
    assertEquals(
        -1, Files.mismatch(folder.resolve("a/model.onnx"), folder.resolve("b/model.onnx")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finetune: {student: {width: 0.5}} | student",
        "distill: {steps: 5, minutes: 1} | one of steps, epochs and minutes",
        "finetune: {loss: {l3: 1}} | l1",
        "finetune: {stepz: 5} | steps",
        "distill: {student: {width: 0.5}, sparsify: 0.5} | sparsify",
        "finetune: {sparsify: {share: 0.5, rewind: 0.1}, minutes: 1} | of which it goes back",
        "finetune: {sparsify: {share: 0.5, rewind: 0.1, dropout: 0.5}, steps: 5} | leave out one",
        "store: {weights: int4}, finetune: {sparsify: 0.5, steps: 5} | before quantize and store",
      })
  void saysWhatIsUnderstood(String step, String expected) {
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> compress("[" + step + "]", folder.resolve("out")));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @Test
  void valuesInsideOfAStudentBecomeLikeItsTeachers() throws IOException {
    String steps =
        "[distill: {student: {width: 0.5}, loss: {l1: 1, features: 0.5}, steps: 20, batch: 32}]";
    StepRecord step = compress(steps, folder.resolve("out")).steps().get(0);
    assertTrue(step.changed(), step.reason());
    assertTrue(metric(step, "after") > metric(step, "before"), "" + step.metrics());
    Map<?, ?> loss = (Map<?, ?>) step.step().parameters().get("loss");
    assertEquals(List.of("l1", "features"), List.copyOf(Objects.requireNonNull(loss).keySet()));
  }

  @Test
  void refusesALayerThatTheTeacherHasNot() {
    String steps =
        "[distill: {student: {width: 0.5}, loss: {features: {layers: {a: b}}}, steps: 2}]";
    RejectedException refused =
        assertThrows(RejectedException.class, () -> compress(steps, folder.resolve("out")));
    assertTrue(refused.getMessage().contains("a value named 'a'"), refused.getMessage());
  }
}
