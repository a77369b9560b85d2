/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.VectorLoops;
import dev.sagui.run.GramProduct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One linear map y = Wᵀ x + c, fitted to what it was given and what it shall give. */
final class LinearFit {
  /** Each output needs a matrix of its own in Gauss-Newton steps. */
  private static final int FEW_OUTPUTS = 4;

  private final GramProduct product;
  private final double[][] weights;
  private final double[] constant;
  private final List<float[]> x;
  private final List<float[]> y;
  private final boolean shifted;
  private @Nullable InputGram gram;
  private @Nullable NormalEquations equations;

  LinearFit(
      GramProduct product,
      double[][] weights,
      double[] constant,
      List<float[]> x,
      List<float[]> y,
      boolean shifted) {
    this.product = product;
    this.weights = weights;
    this.constant = constant;
    this.x = x;
    this.y = y;
    this.shifted = shifted;
  }

  private InputGram gram() {
    InputGram known = gram == null ? NormalEquations.moments(product, x, weights.length) : gram;
    gram = known;
    return known;
  }

  private NormalEquations equations() {
    NormalEquations known =
        equations == null ? NormalEquations.of(NormalEquations.matrix(gram(), shifted)) : equations;
    equations = known;
    return known;
  }

  /** Least squares for targets; weights move from where they are as far as the data tell. */
  void solve(List<float[]> wanted) {
    if (x.isEmpty() || weights.length == 0) {
      return;
    }
    int outputs = constant.length;
    double[] rest = new double[outputs];
    GramSum sum = GramSum.of(product, weights.length, outputs);
    float[] residual = new float[outputs];
    for (int n = 0; n < x.size(); n++) {
      double[] given = map(x.get(n));
      for (int o = 0; o < outputs; o++) {
        residual[o] = (float) (wanted.get(n)[o] - given[o]);
        rest[o] += (double) residual[o] / x.size();
      }
      sum.add(x.get(n), residual);
    }
    move(sum.finish(), rest);
  }

  private void move(double[][] right, double[] rest) {
    double[] mean = gram().mean();
    for (int i = 0; i < right.length && shifted; i++) {
      for (int o = 0; o < rest.length; o++) {
        right[i][o] -= mean[i] * rest[o];
      }
    }
    double[][] change = equations().solve(right);
    for (int o = 0; o < constant.length && shifted; o++) {
      double moved = 0;
      for (int i = 0; i < change.length; i++) {
        moved += change[i][o] * mean[i];
      }
      constant[o] += rest[o] - moved;
    }
    for (int i = 0; i < change.length; i++) {
      for (int o = 0; o < constant.length; o++) {
        weights[i][o] += change[i][o];
      }
    }
  }

  private double[] map(float[] row) {
    double[] sum = constant.clone();
    double[] factors = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      factors[i] = -row[i];
    }
    VectorLoops.subtract(sum, factors, 0, weights, 0, row.length, 0);
    return sum;
  }

  /** Targets that keep max(0, ·) and lie as near as may be to what is given now. */
  List<float[]> released(double held) {
    List<float[]> released = new ArrayList<>();
    for (int n = 0; n < x.size(); n++) {
      double[] given = map(x.get(n));
      float[] wanted = new float[given.length];
      for (int o = 0; o < given.length; o++) {
        wanted[o] = (float) nearest(Math.max(0, y.get(n)[o]), given[o], held);
      }
      released.add(wanted);
    }
    return released;
  }

  /** Of (wanted − max(0, z))² + held · (z − given)² the least, by z. */
  private static double nearest(double wanted, double given, double held) {
    double above = Math.max(0, (wanted + held * given) / (1 + held));
    double below = Math.min(0, given);
    double costAbove = square(wanted - above) + held * square(above - given);
    double costBelow = square(wanted) + held * square(below - given);
    return costAbove <= costBelow ? above : below;
  }

  private static double square(double value) {
    return value * value;
  }

  /** One step for the error after a sigmoid or a hyperbolic tangent. */
  void step(boolean tangent) {
    if (constant.length > FEW_OUTPUTS || x.isEmpty()) {
      return;
    }
    for (int o = 0; o < constant.length; o++) {
      step(o, tangent);
    }
  }

  private void step(int output, boolean tangent) {
    int size = weights.length + (shifted ? 1 : 0);
    List<float[]> scaled = new ArrayList<>();
    double[][] right = new double[size][1];
    for (int n = 0; n < x.size(); n++) {
      double now = squashed(map(x.get(n))[output], tangent);
      double slope = tangent ? 1 - now * now : now * (1 - now);
      double rest = squashed(y.get(n)[output], tangent) - now;
      float[] row = new float[size];
      for (int i = 0; i < weights.length; i++) {
        row[i] = (float) (slope * x.get(n)[i]);
        right[i][0] += row[i] * rest / x.size();
      }
      if (shifted) {
        row[size - 1] = (float) slope;
        right[size - 1][0] += slope * rest / x.size();
      }
      scaled.add(row);
    }
    double[][] second =
        NormalEquations.matrix(NormalEquations.moments(product, scaled, size), false);
    double[][] change = NormalEquations.of(second).solve(right);
    for (int i = 0; i < weights.length; i++) {
      weights[i][output] += change[i][0];
    }
    constant[output] += shifted ? change[size - 1][0] : 0;
  }

  private static double squashed(double value, boolean tangent) {
    return tangent ? Math.tanh(value) : 1 / (1 + Math.exp(-value));
  }

  /** The weights as they are now, [inputs, outputs]. */
  double[][] weights() {
    return weights;
  }

  double[] constant() {
    return constant;
  }

  /** What it shall give, as it was told. */
  List<float[]> targets() {
    return y;
  }
}
