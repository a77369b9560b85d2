/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import static dev.sagui.train.loss.LossSignals.golden;
import static dev.sagui.train.loss.LossSignals.ids;
import static dev.sagui.train.loss.LossSignals.noise;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Emitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden values: numpy and scipy, by {@code src/test/python/loss_golden.py}. */
class LossesIT {
  @TempDir Path folder;

  private static Arguments of(String golden, Map<?, ?> terms, Tensor output, Tensor target) {
    return Arguments.of(golden, terms, output, target);
  }

  static Stream<Arguments> losses() {
    Tensor wide = noise("x", 1, 3, 0, 4, 6);
    Tensor target = noise("t", 2, 1, 0, 4, 6);
    Tensor scores = noise("x", 4, 6, 0, 3, 5, 7);
    Tensor picture = noise("x", 6, 1, 0, 2, 3, 20, 17);
    Tensor other = noise("t", 7, 1, 0, 2, 3, 20, 17);
    Map<?, ?> smooth = Map.of("cross-entropy", Map.of("smoothing", 0.1));
    Map<?, ?> axis = Map.of("cross-entropy", Map.of("axis", 1));
    return Stream.of(
        of("l1", Map.of("l1", 1), wide, target),
        of("l2", Map.of("l2", 1), wide, target),
        of("huber", Map.of("huber", Map.of("delta", 0.7)), wide, target),
        of("bce", Map.of("bce", 1), noise("x", 3, 1, 0, 4, 6), target),
        of(
            "bce_logits",
            Map.of("bce", Map.of("logits", true)),
            noise("x", 3, 60, -30, 4, 6),
            target),
        of("cross_entropy", Map.of("cross-entropy", 1), scores, ids("t", 5, 2, 7, 3, 5)),
        of("cross_entropy_smooth", smooth, scores, ids("t", 5, 2, 7, 3, 5)),
        of("cross_entropy_axis_1", axis, scores, ids("t", 3, 1, 5, 3, 7)),
        of("kl", Map.of("kl", 1), scores, noise("t", 5, 6, 0, 3, 5, 7)),
        of("kl_2", Map.of("kl", Map.of("temperature", 2)), scores, noise("t", 5, 6, 0, 3, 5, 7)),
        of("total_variation", Map.of("total-variation", 1), picture, other),
        of("multi_scale", Map.of("multi-scale", Map.of("scales", 3)), picture, other));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void agreesWithNumpyAndHasItsGradient(String name, Map<?, ?> json, Tensor x, Tensor t)
      throws Exception {
    LossRun run = new LossRun(folder, List.of(x, t), terms(json, x, t));
    double expected = golden(name);
    assertEquals(expected, run.value(), 2e-5 * Math.abs(expected));
    run.check(0, 2e-3);
  }

  private static Function<Emitter, String> terms(Map<?, ?> json, Tensor x, Tensor t) {
    LossTerms terms = LossTerms.parse(json);
    Pair pair = new Pair(x.name(), t.name(), x.shape(), 1);
    return emit -> terms.total(emit, terms.add(emit, pair));
  }

  @Test
  void classesMayBeFloatsAndNegativeOnesAreLeftOut() throws Exception {
    Tensor scores = noise("x", 4, 6, 0, 3, 5, 7);
    float[] masked = new float[15];
    for (int i = 0; i < masked.length; i++) {
      int id = (i * 5 + 2) % 7;
      masked[i] = id == 3 ? -100 : id;
    }
    Tensor target = Tensor.of("t", masked, 15, 1);
    LossRun run =
        new LossRun(
            folder, List.of(scores, target), terms(Map.of("cross-entropy", 1), scores, target));
    assertEquals(golden("cross_entropy_masked"), run.value(), 1e-5);
    run.check(0, 2e-3);
  }

  @Test
  void probabilitiesOfASigmoidAreJudgedByTheirLogits() throws Exception {
    Tensor z = Tensor.of("z", new float[] {-200, 200, -30, 0.5f}, 1, 4);
    Tensor t = Tensor.of("t", new float[] {1, 0, 1, 1}, 1, 4);
    LossRun run =
        new LossRun(
            folder,
            List.of(z, t),
            emit ->
                new BinaryCrossEntropy(false)
                    .add(
                        emit,
                        new Pair(
                            emit.reshape(emit.node("Sigmoid", "z"), List.of(1L, 2L, 2L)),
                            emit.reshape("t", List.of(1L, 2L, 2L)),
                            List.of(1L, 2L, 2L),
                            1)));
    assertEquals((200 + 200 + 30 + Math.log1p(Math.exp(-0.5))) / 4, run.value(), 1e-3);
    float[] gradient = run.gradient(0);
    assertEquals(-0.25, gradient[0], 1e-6);
    assertEquals(0.25, gradient[1], 1e-6);
    assertEquals(-0.25, gradient[2], 1e-6);
  }

  @Test
  void certainProbabilitiesCostMuchAndNothingInfinite() throws Exception {
    Tensor p = Tensor.of("x", new float[] {0, 1, 1, 0}, 1, 4);
    Tensor t = Tensor.of("t", new float[] {1, 0, 1, 0}, 1, 4);
    LossRun run = new LossRun(folder, List.of(p, t), new BinaryCrossEntropy(false), 1);
    assertEquals(-Math.log(1e-7) / 2, run.value(), 0.2);
    for (float slope : run.gradient(0)) {
      assertTrue(Float.isFinite(slope));
    }
  }

  @Test
  void probabilitiesOfASoftmaxAreJudgedByTheirLogits() throws Exception {
    Tensor z = noise("x", 4, 6, 0, 15, 7);
    Tensor t = noise("t", 5, 6, 0, 15, 7);
    LossRun run =
        new LossRun(
            folder,
            List.of(z, t),
            emit ->
                LossTerms.parse(Map.of("kl", Map.of("temperature", 2)))
                    .add(
                        emit,
                        new Pair(
                            emit.node("Softmax", "x"), emit.node("Softmax", "t"), z.shape(), 1))
                    .get("kl"));
    assertEquals(golden("kl_2"), run.value(), 1e-5);
    run.check(0, 2e-3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"l1", "l2", "huber", "kl", "multi-scale"})
  void equalValuesHaveNoLossAndFiniteGradients(String name) throws Exception {
    Tensor x = noise("x", 4, 6, 0, 2, 3, 16, 16);
    LossRun run =
        new LossRun(folder, List.of(x, x.named("t")), terms(Map.of(name, 1), x, x.named("t")));
    assertEquals(0, run.value(), 1e-6);
    for (float slope : run.gradient(0)) {
      assertEquals(0, slope, 1e-6);
    }
  }

  @Test
  void totalIsTheWeightedSum() throws Exception {
    Tensor x = noise("x", 1, 3, 0, 4, 6);
    Tensor t = noise("t", 2, 1, 0, 4, 6);
    LossRun run =
        new LossRun(folder, List.of(x, t), terms(Map.of("l1", 2, "l2", 0.5, "huber", 0), x, t));
    assertEquals(2 * golden("l1") + 0.5 * golden("l2"), run.value(), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssim", "ms-ssim", "perceptual", "total-variation", "multi-scale"})
  void saysWhatItTakesWhereThereAreNoPictures(String name) {
    Tensor x = noise("x", 1, 1, 0, 4, 6);
    LossRun run = new LossRun(folder, List.of(x, x.named("t")), terms(Map.of(name, 1), x, x));
    RejectedException refused = assertThrows(RejectedException.class, run::value);
    assertTrue(refused.getMessage().startsWith(name + " compares pictures"), "" + refused);
  }
}
