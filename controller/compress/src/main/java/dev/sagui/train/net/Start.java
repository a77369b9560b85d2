/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.net;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** What a weight is before training, drawn from a seed and the weight's name. */
public final class Start {
  private interface Draw {
    DoubleSupplier from(SplittableRandom random);
  }

  private final Draw draw;

  private Start(Draw draw) {
    this.draw = draw;
  }

  /** The same everywhere. */
  public static Start of(double value) {
    return new Start(random -> () -> value);
  }

  /** Normal around 0. */
  public static Start normal(double deviation) {
    return new Start(random -> () -> deviation * random.nextGaussian());
  }

  /**
   * Uniform within ±1/√fan: PyTorch's default for the weights of linear layers and convolutions
   * (Kaiming-uniform with a slope of √5: He et al. 2015), for their biases, and for an LSTM of
   * {@code fan} units.
   *
   * @param fan products that are summed up for an output
   */
  public static Start uniform(long fan) {
    double bound = 1 / Math.sqrt((double) fan);
    return new Start(random -> () -> bound * (2 * random.nextDouble() - 1));
  }

  /** The elements of one weight. */
  public double[] values(long seed, String name, List<Long> shape) {
    SplittableRandom random = Seed.random(seed, name.hashCode());
    DoubleSupplier next = draw.from(random);
    double[] values = new double[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    java.util.Arrays.setAll(values, i -> next.getAsDouble());
    return values;
  }
}
