/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.KnownNames;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.gradient.Gradients;
import dev.sagui.train.gradient.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a critic and a generator make small, of the critic's scores: plain numbers, higher for what
 * it takes for real, without a Sigmoid behind them.
 */
public enum Adversarial {
  /**
   * Critic: ln(1 + e^−r) + ln(1 + e^f); generator: ln(1 + e^−f) (Goodfellow et al. 2014, section
   * 3).
   */
  NON_SATURATING("non-saturating") {
    @Override
    public String critic(Emitter emit, String real, String fake) {
      return emit.add(softplus(emit, emit.negative(real)), softplus(emit, fake));
    }

    @Override
    public String generator(Emitter emit, String fake) {
      return softplus(emit, emit.negative(fake));
    }
  },
  /** Critic: max(0, 1 − r) + max(0, 1 + f); generator: −f (Lim, Ye 2017). */
  HINGE("hinge") {
    @Override
    public String critic(Emitter emit, String real, String fake) {
      String one = emit.scalar(1);
      String missed = emit.node("Relu", emit.subtract(one, real));
      String fooled = emit.node("Relu", emit.add(one, fake));
      return emit.add(emit.mean(missed), emit.mean(fooled));
    }

    @Override
    public String generator(Emitter emit, String fake) {
      return emit.negative(emit.mean(fake));
    }
  },
  /** Critic: ½(r − 1)² + ½f²; generator: ½(f − 1)² (Mao et al. 2017, equation 9). */
  LEAST_SQUARES("least-squares") {
    @Override
    public String critic(Emitter emit, String real, String fake) {
      return emit.add(generator(emit, real), halfSquare(emit, fake));
    }

    @Override
    public String generator(Emitter emit, String fake) {
      return halfSquare(emit, emit.subtract(fake, emit.scalar(1)));
    }
  };

  private final String label;

  Adversarial(String label) {
    this.label = label;
  }

  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known name
   */
  public static Adversarial parse(String label) {
    KnownNames.require(
        label, Arrays.stream(values()).map(Adversarial::label).toList(), "adversarial loss");
    return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst().orElseThrow();
  }

  /** As recipes write it. */
  public String label() {
    return label;
  }

  /**
   * Adds the critic's loss, the mean over all scores; a scalar.
   *
   * @param real scores of samples
   * @param fake scores of what the generator gave
   */
  public abstract String critic(Emitter emit, String real, String fake);

  /** Adds the generator's loss, the mean over all scores; a scalar. */
  public abstract String generator(Emitter emit, String fake);

  /**
   * Adds the R1 penalty ½‖∂D(x)/∂x‖² of real samples, the mean over the batch (Mescheder, Geiger,
   * Nowozin 2018, equation 9, without its γ), which keeps the critic's slope small. Its gradient is
   * one of a gradient.
   *
   * @param shapes of the values in the graph
   * @param scores of the samples
   * @param samples a value of the graph that scores depend on
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL, naming the node that has no
   *     gradient
   */
  public static String r1(
      OnnxModel model, Graph graph, Shapes shapes, String scores, String samples) {
    Emitter emit = new Emitter(graph);
    String sum = emit.sum(scores, false);
    String slope =
        Objects.requireNonNull(
            Gradients.add(model, graph, shapes, sum, List.of(samples)).get(samples));
    List<Long> shape = shapes.of(samples);
    String squares = emit.sum(emit.multiply(slope, slope), false);
    return emit.multiply(squares, 0.5 / shape.get(0));
  }

  private static String softplus(Emitter emit, String value) {
    return emit.mean(emit.node("Softplus", value));
  }

  private static String halfSquare(Emitter emit, String value) {
    return emit.multiply(emit.mean(emit.multiply(value, value)), 0.5);
  }
}
