/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import static dev.sagui.train.loss.LossSignals.golden;
import static dev.sagui.train.loss.LossSignals.noise;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Emitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden values: numpy and scipy, by {@code src/test/python/loss_golden.py}. */
class OtherLossesIT {
  private static final double STEP = 2e-3;

  @TempDir Path folder;

  private LossRun run(List<Tensor> inputs, Function<Emitter, String> loss) {
    return new LossRun(folder, inputs, loss);
  }

  @ParameterizedTest
  @EnumSource
  void criticAndGeneratorAgreeWithNumpy(Adversarial adversarial) throws Exception {
    List<Tensor> scores = List.of(noise("r", 8, 4, -2, 6, 2), noise("f", 9, 4, -2, 6, 2));
    LossRun critic = run(scores, emit -> adversarial.critic(emit, "r", "f"));
    assertEquals(golden(adversarial.label() + "_critic"), critic.value(), 1e-5);
    critic.check(0, STEP);
    critic.check(1, STEP);
    LossRun generator = run(scores, emit -> adversarial.generator(emit, "f"));
    assertEquals(golden(adversarial.label() + "_generator"), generator.value(), 1e-5);
    generator.check(1, STEP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bce", "gaussian"})
  void elboAgreesWithNumpy(String reconstruction) throws Exception {
    Elbo elbo = Elbo.parse(Map.of("reconstruction", reconstruction, "variance", 0.25, "beta", 3));
    List<Tensor> inputs =
        List.of(
            noise("p", 12, 0.8f, 0.1f, 4, 8),
            noise("t", 13, 1, 0, 4, 8),
            noise("m", 10, 2, -1, 4, 3),
            noise("s", 11, 2, -1, 4, 3));
    Pair pair = new Pair("p", "t", List.of(4L, 8L), 1);
    for (String term : List.of("reconstruction", "kl", "")) {
      LossRun run =
          run(
              inputs,
              emit -> {
                Map<String, String> terms = elbo.add(emit, pair, "m", "s", List.of(4L, 3L));
                return terms.getOrDefault(term, elbo.total(emit, terms));
              });
      double error = golden("elbo_" + reconstruction);
      double divergence = golden("elbo_kl");
      double expected = term.isEmpty() ? error + 3 * divergence : divergence;
      assertEquals(term.equals("reconstruction") ? error : expected, run.value(), 1e-4);
      for (int input = term.equals("kl") ? 2 : 0; input < 4; input++) {
        if (input != 1 && (input == 0 || !term.equals("reconstruction"))) {
          run.check(input, STEP);
        }
      }
    }
  }

  @Test
  void featuresAreMatchedThroughALearnedProjection() throws Exception {
    Tensor weight = noise("w", 14, 1, -0.5f, 5, 3, 1, 1);
    Tensor student = noise("s", 15, 1, -0.5f, 2, 3, 4, 4);
    Tensor teacher = noise("t", 16, 1, -0.5f, 2, 5, 4, 4);
    LossRun run = matched(student, teacher, weight);
    assertEquals(golden("features"), run.value(), 1e-5);
    run.check(0, STEP);
    run.check(2, STEP);
    assertEquals(
        List.of(5L, 3L, 1L, 1L), InnerPair.projectionShape(student.shape(), teacher.shape()));
  }

  @Test
  void channelsOfTokensComeLastAndThoseOfSoundFirst() throws Exception {
    Tensor weight = noise("w", 14, 1, -0.5f, 5, 3, 1, 1);
    float[] student = noise("s", 15, 1, -0.5f, 2, 3, 4, 4).floats();
    float[] teacher = noise("t", 16, 1, -0.5f, 2, 5, 4, 4).floats();
    LossRun sound =
        matched(Tensor.of("s", student, 2, 3, 16), Tensor.of("t", teacher, 2, 5, 16), weight);
    assertEquals(golden("features"), sound.value(), 1e-5);
    sound.check(0, STEP);
    LossRun tokens =
        matched(
            Tensor.of("s", last(student, 3), 2, 16, 3),
            Tensor.of("t", last(teacher, 5), 2, 16, 5),
            weight);
    assertEquals(golden("features"), tokens.value(), 1e-5);
    tokens.check(0, STEP);
    tokens.check(2, STEP);
    LossRun rows =
        matched(
            Tensor.of("s", last(student, 3), 32, 3),
            Tensor.of("t", last(teacher, 5), 32, 5),
            weight);
    assertEquals(golden("features"), rows.value(), 1e-5);
  }

  private LossRun matched(Tensor student, Tensor teacher, Tensor weight) {
    InnerPair pair = new InnerPair("s", student.shape(), "t", teacher.shape(), Optional.of("w"));
    return run(
        List.of(student, teacher, weight), emit -> InnerPair.loss(emit, List.of(pair, pair)));
  }

  /** [2, channels, 16] as [2, 16, channels]. */
  private static float[] last(float[] values, int channels) {
    float[] last = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int image = i / (16 * channels);
      last[i] = values[image * 16 * channels + i % channels * 16 + i / channels % 16];
    }
    return last;
  }

  @Test
  void featuresThatCannotBeMatchedAreNamed() {
    RejectedException sizes =
        assertThrows(
            RejectedException.class,
            () ->
                new InnerPair(
                    "s", List.of(1L, 8L, 4L, 4L), "t", List.of(1L, 8L, 8L, 8L), Optional.empty()));
    assertTrue(sizes.getMessage().contains("differ in channels alone"), "" + sizes);
    RejectedException channels =
        assertThrows(
            RejectedException.class,
            () -> new InnerPair("s", List.of(1L, 8L), "t", List.of(1L, 9L), Optional.empty()));
    assertTrue(channels.getMessage().contains("needs a projection"), "" + channels);
  }

  @Test
  void regularisersAgreeWithNumpy() throws Exception {
    Tensor weight = noise("w", 17, 1, -0.5f, 4, 3, 2, 2);
    List<Long> shape = weight.shape();
    for (Regulariser each : List.of(Regulariser.L1, Regulariser.BN_SCALE)) {
      LossRun run = run(List.of(weight), emit -> each.add(emit, "w", shape));
      assertEquals(golden("weights_l1"), run.value(), 1e-4);
      run.check(0, STEP);
    }
    LossRun rows = run(List.of(weight), emit -> Regulariser.GROUP_LASSO.add(emit, "w", shape));
    assertEquals(golden("group_lasso"), rows.value(), 1e-4);
    rows.check(0, STEP);
    LossRun columns =
        run(List.of(weight), emit -> Regulariser.GROUP_LASSO.add(emit, "w", shape, 1));
    assertEquals(golden("group_lasso_axis_1"), columns.value(), 1e-4);
  }

  @Test
  void groupsOfZerosStayZero() throws Exception {
    Tensor zeros = Tensor.of("w", new float[12], 3, 4);
    LossRun run =
        run(List.of(zeros), emit -> Regulariser.GROUP_LASSO.add(emit, "w", zeros.shape()));
    for (float slope : run.gradient(0)) {
      assertEquals(0, slope);
    }
  }

  /** Of D(x) = Σ leaky(x·w), whose slope is known. */
  @Test
  void slopePenaltyIsThatOfTheCritic() throws Exception {
    Tensor x = noise("x", 8, 4, -2, 3, 5);
    Tensor w = noise("w", 9, 2, -1, 5, 4);
    LossRun.Build penalty =
        (model, graph) -> {
          Emitter emit = new Emitter(graph);
          String hidden = emit.node("MatMul", "x", "w");
          String scores = emit.node(NodeBuilder.of("LeakyRelu").inputs(hidden).with("alpha", 0.2f));
          return Adversarial.r1(model, graph, LossRun.shapes(model, graph), scores, "x");
        };
    LossRun run = new LossRun(folder, List.of(x, w), penalty);
    assertEquals(slopePenalty(x.floats(), w.floats()), run.value(), 1e-4);
    run.check(1, STEP);
  }

  private static double slopePenalty(float[] x, float[] w) {
    double sum = 0;
    for (int row = 0; row < 3; row++) {
      double[] slope = new double[5];
      for (int j = 0; j < 4; j++) {
        double hidden = 0;
        for (int k = 0; k < 5; k++) {
          hidden += x[row * 5 + k] * w[k * 4 + j];
        }
        for (int k = 0; k < 5; k++) {
          slope[k] += (hidden > 0 ? 1 : 0.2) * w[k * 4 + j];
        }
      }
      for (double each : slope) {
        sum += each * each;
      }
    }
    return sum / 6;
  }
}
