/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Matrices and kernels lose their smallest magnitudes while they learn, most of them early: after a
 * share t of the steps s·(1 − (1 − t)³) of each weight is zero (Zhu and Gupta 2017,
 * arXiv:1710.01878). Free values go on moving, so that what was zero can come back.
 */
public final class GradualZeros implements Projection {
  /** Of the steps; what follows is for those that stay. */
  private static final double ENDS = 0.7;

  private final double share;
  private final double zero;

  private GradualZeros(double share, double zero) {
    this.share = share;
    this.zero = zero;
  }

  /**
   * @param share of each weight that is zero at the end, in 0..1
   */
  public static GradualZeros of(double share) {
    return new GradualZeros(share, share);
  }

  @Override
  public Projection at(long step, long steps) {
    double left = Math.max(0, 1 - step / (ENDS * steps));
    return new GradualZeros(share, share * (1 - left * left * left));
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
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] <= most) {
        onto.put(parameter.offset() + i, 0);
      }
    }
  }
}
