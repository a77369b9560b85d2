/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Matrices and kernels lose their smallest magnitudes while they learn, most of them early: after a
 * share t of the steps s·(1 − (1 − t)³) of each weight is zero (Zhu and Gupta 2017,
 * arXiv:1710.01878). Free values go on moving, so that what was zero can come back.
 */
public final class GradualZeros implements Projection {
  /** Of the steps; what follows is for those that stay. */
  private static final double ENDS = 0.7;

  private final double share;
  private final double dropout;
  private final long seed;
  private final double zero;
  private final double chance;

  private GradualZeros(double share, double dropout, long seed, double zero, double chance) {
    this.share = share;
    this.dropout = dropout;
    this.seed = seed;
    this.zero = zero;
    this.chance = chance;
  }

  /**
   * @param share of each weight that is zero at the end, in 0..1
   */
  public static GradualZeros of(double share) {
    return of(share, 1, 0);
  }

  /**
   * The same by targeted dropout (Gomez et al. 2019): on the way each of the small weights is left
   * out of a step by chance, so that the net comes to do without any of them.
   *
   * @param dropout how probably a small weight is zero in a step, in 0..1
   */
  public static GradualZeros of(double share, double dropout, long seed) {
    return new GradualZeros(share, dropout, seed, share, 1);
  }

  @Override
  public Projection at(long step, long steps) {
    double left = Math.max(0, 1 - step / (ENDS * steps));
    double now = share * (1 - left * left * left);
    return new GradualZeros(share, dropout, seed + step, now, left > 0 ? dropout : 1);
  }

  @Override
  public void project(Parameter parameter, FloatBuffer free, FloatBuffer onto) {
    NONE.project(parameter, free, onto);
    int count = (int) (zero * parameter.size());
    if (parameter.shape().size() < 2 || count == 0) {
      return;
    }
    float[] sizes = new float[parameter.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(free.get(parameter.offset() + i));
    }
    float[] sorted = sizes.clone();
    Arrays.sort(sorted);
    float most = sorted[count - 1];
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + parameter.offset());
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] <= most && (chance == 1 || random.nextDouble() < chance)) {
        onto.put(parameter.offset() + i, 0);
      }
    }
  }
}
