/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.KnownNames;
import dev.sagui.train.gradient.Emitter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What drives a parameter towards zeros, so that it can be pruned. */
public enum Regulariser {
  /** Σ|w| of each weight: single zeros. */
  L1("l1") {
    @Override
    public String add(Emitter emit, String parameter, List<Long> shape, int outputs) {
      return emit.sum(emit.node("Abs", parameter), false);
    }
  },
  /**
   * Σ √(elements) · ‖w‖ over the groups of weights that feed one output each (Yuan, Lin 2006; Wen
   * et al. 2016): whole channels of zeros.
   */
  GROUP_LASSO("group-lasso") {
    @Override
    public String add(Emitter emit, String parameter, List<Long> shape, int outputs) {
      long group = shape.stream().reduce(1L, Math::multiplyExact) / shape.get(outputs);
      long[] others = LongStream.range(0, shape.size()).filter(i -> i != outputs).toArray();
      String squares = emit.multiply(parameter, parameter);
      String sums = others.length == 0 ? squares : emit.sum(squares, false, others);
      String norms = emit.node("Sqrt", emit.atLeast(sums, LEAST));
      return emit.multiply(emit.sum(norms, false), Math.sqrt((double) group));
    }
  },
  /** Σ|γ| of the scales of batch normalizations (Liu et al. 2017, network slimming). */
  BN_SCALE("bn-scale") {
    @Override
    public String add(Emitter emit, String parameter, List<Long> shape, int outputs) {
      return L1.add(emit, parameter, shape, outputs);
    }
  };

  /** Squared norms count as this at least: a group of zeros stays one. */
  private static final double LEAST = 1e-12;

  private final String label;

  Regulariser(String label) {
    this.label = label;
  }

  /**
   * Adds the penalty.
   *
   * @param parameter its name
   * @param shape of the parameter
   * @param outputs the axis along which outputs lie: 0 of a Conv's weight and a Gemm's with transB,
   *     1 of a ConvTranspose's and another Gemm's
   * @return the name of a scalar, not multiplied by a weight
   */
  public abstract String add(Emitter emit, String parameter, List<Long> shape, int outputs);

  /** The same where outputs lie along axis 0. */
  public String add(Emitter emit, String parameter, List<Long> shape) {
    return add(emit, parameter, shape, 0);
  }

  /** Whether it acts on the scales of batch normalizations, and not on weights. */
  public boolean actsOnScales() {
    return this == BN_SCALE;
  }

  /** As recipes write it. */
  public String label() {
    return label;
  }

  /**
   * The weight of each, as recipes write them: {@code {l1: 1e-5, bn-scale: 1e-4}}.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known name or what
   *     was expected
   */
  public static Map<Regulariser, Double> parse(Map<?, ?> json) {
    Map<Regulariser, Double> weights = new LinkedHashMap<>();
    json.forEach(
        (name, written) -> {
          KnownNames.require(
              name, Arrays.stream(values()).map(Regulariser::label).toList(), "regulariser");
          Parameters parameters = Parameters.of(name.toString(), written);
          parameters.require(List.of());
          Arrays.stream(values())
              .filter(each -> each.label.equals(name.toString()))
              .forEach(each -> weights.put(each, parameters.weight()));
        });
    return weights;
  }
}
