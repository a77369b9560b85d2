/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.prune.channels.Refit;
import dev.sagui.prune.channels.Regression;
import org.jspecify.annotations.Nullable;

/** Fits one layer in its form and keeps the parts. */
final class Fitting implements Refit.Form {
  private final Form form;
  private final int taps;
  private final int phases;
  private SeparableFit.@Nullable Factors factors;
  private double[] constant = new double[0];

  /**
   * @param taps of the kernel that is fitted
   * @param phases of the output that have one constant together
   */
  Fitting(Form form, int taps, int phases) {
    this.form = form;
    this.taps = taps;
    this.phases = phases;
  }

  @Override
  public Refit.Fitted fit(Regression moments) {
    if (form == Form.RESIZE) {
      return SeparableFit.unbound(moments);
    }
    SeparableFit.Factors found =
        form == Form.RESIZE_POINTWISE
            ? SeparableFit.pointwiseFirst(moments, taps)
            : SeparableFit.depthwiseFirst(moments, taps);
    factors = found;
    double[][] map = found.map();
    double[] each = moments.constant(map);
    int outputs = each.length / phases;
    constant = new double[outputs];
    for (int o = 0; o < each.length; o++) {
      constant[o % outputs] += each[o] / phases;
    }
    for (int o = 0; o < each.length; o++) {
      each[o] = constant[o % outputs];
    }
    return new Refit.Fitted(map, each);
  }

  /** What was found. */
  SeparableFit.Factors factors() {
    SeparableFit.Factors found = factors;
    if (found == null) {
      throw new IllegalStateException("a layer is taken apart after it was fitted; this is a bug");
    }
    return found;
  }

  /** By output, one for all phases. */
  double[] constant() {
    return constant;
  }
}
