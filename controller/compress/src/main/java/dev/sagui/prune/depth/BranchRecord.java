/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.prune.channels.Regression;
import dev.sagui.run.GramProduct;
import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What goes into a block and what its branch adds, sample by sample.
 *
 * <p>Of the input the variance over positions of each channel counts (the square, where there are
 * no positions): flat inputs have little of it, and to them a branch is nearly linear.
 */
final class BranchRecord {
  /** Of each sample. */
  private static final int MOST_POSITIONS = 128;

  private final ResidualBlock block;
  private final List<float[]> spread = new ArrayList<>();
  private final List<List<float[]>> given = new ArrayList<>();
  private final List<List<float[]>> added = new ArrayList<>();
  private int rank;

  BranchRecord(ResidualBlock block) {
    this.block = block;
  }

  ResidualBlock block() {
    return block;
  }

  /** Of the block's values. */
  int rank() {
    return rank;
  }

  /** Of a run of one sample; values that are not the block's are passed over. */
  void add(Tensor value) {
    if (value.name().equals(block.skip())) {
      Channels channels = Channels.of(value, block.channelAxis());
      rank = value.shape().size();
      spread.add(channels.spread());
      given.add(channels.rows(new SplittableRandom(given.size())));
    }
    if (value.name().equals(block.branch())) {
      Channels channels = Channels.of(value, block.channelAxis());
      added.add(channels.rows(new SplittableRandom(added.size())));
    }
  }

  /** A value by its channels. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Channels(float[] values, int count, int inner) {
    static Channels of(Tensor value, int channelAxis) {
      List<Long> shape = value.shape();
      int axis = Math.floorMod(channelAxis, shape.size());
      int inner = 1;
      for (long length : shape.subList(axis + 1, shape.size())) {
        inner *= (int) length;
      }
      return new Channels(value.floats(), shape.get(axis).intValue(), inner);
    }

    int positions() {
      return values.length / count;
    }

    float[] row(int position) {
      float[] row = new float[count];
      for (int c = 0; c < count; c++) {
        row[c] = values[(position / inner * count + c) * inner + position % inner];
      }
      return row;
    }

    List<float[]> rows(SplittableRandom random) {
      List<float[]> rows = new ArrayList<>();
      boolean all = positions() <= MOST_POSITIONS;
      for (int i = 0; i < Math.min(positions(), MOST_POSITIONS); i++) {
        rows.add(row(all ? i : random.nextInt(positions())));
      }
      return rows;
    }

    float[] spread() {
      double[] sums = new double[count];
      double[] squares = new double[count];
      for (int i = 0; i < values.length; i++) {
        int channel = i / inner % count;
        sums[channel] += values[i];
        squares[channel] += (double) values[i] * values[i];
      }
      float[] spread = new float[count];
      for (int c = 0; c < count; c++) {
        double mean = positions() > 1 ? sums[c] / positions() : 0;
        spread[c] = (float) Math.max(0, squares[c] / positions() - mean * mean);
      }
      return spread;
    }
  }

  int samples() {
    return spread.size();
  }

  /** By sample and channel of the input. */
  List<float[]> spread() {
    return spread;
  }

  /** The linear map that is nearest to the branch on some samples. */
  StandIn standIn(GramProduct product, List<Integer> which) {
    List<float[]> x = new ArrayList<>();
    List<float[]> y = new ArrayList<>();
    which.forEach(n -> x.addAll(given.get(n)));
    which.forEach(n -> y.addAll(added.get(n)));
    Regression regression = Regression.of(product, x, y);
    double[][] map = regression.map();
    return new StandIn(map, regression.constant(map));
  }

  /** The mean square of what a sample's branch adds and the map does not. */
  double left(int sample, StandIn map) {
    double sum = 0;
    List<float[]> x = given.get(sample);
    for (int p = 0; p < x.size(); p++) {
      double[] made = map.of(x.get(p));
      for (int o = 0; o < made.length; o++) {
        double rest = added.get(sample).get(p)[o] - made[o];
        sum += rest * rest / x.size();
      }
    }
    return sum;
  }
}
