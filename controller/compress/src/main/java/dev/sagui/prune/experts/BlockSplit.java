/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How a block becomes experts: neurons grouped, a router, and a second layer that makes good what
 * the experts that were not chosen would have added.
 *
 * @param down W2 [F, N]
 * @param added by each expert when it is computed [experts, N]
 * @param base of the output when no expert is [N], without the block's own bias
 * @param usage share of the rows that compute each expert
 * @param errorDb power of what the block's output varies by over that of its error, on rows that
 *     neither router nor repair has seen
 * @param repaired whether the second layer was fitted anew
 */
@SuppressWarnings("ArrayRecordComponent")
record BlockSplit(
    Grouping grouping,
    Router router,
    float[][] down,
    float[][] added,
    float[] base,
    double[] usage,
    double errorDb,
    boolean repaired) {
  /** One of so many rows is held out, at random: rows of a sequence differ by their place. */
  private static final int HELD_OUT = 4;

  static BlockSplit of(HiddenRows rows, ExpertOptions options) throws IOException {
    int[] train = pick(rows, false);
    int[] held = pick(rows, true);
    List<Grouping> groupings = groupings(rows, options);
    List<float[][]> contributions = new ArrayList<>();
    for (Grouping grouping : groupings) {
      contributions.add(rows.contributions(grouping, options.count()));
    }
    float[][] x = picked(rows.input(), train);
    Router[] routers =
        options.routing() == Routing.RANDOM
            ? new Router[] {Router.random(x, options.count(), 5)}
            : Router.predicting(x, norms(contributions, train, options.count()), options.count());
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    float[][] unseen = picked(rows.input(), held);
    for (int i = 0; i < routers.length; i++) {
      boolean[][] chosen = routers[i].chosen(unseen, options.active());
      double lost = lost(picked(contributions.get(i), held), chosen);
      if (lost < least) {
        least = lost;
        best = i;
      }
    }
    return new Repair(rows, groupings.get(best), routers[best], options).of(train, held);
  }

  private static List<Grouping> groupings(HiddenRows rows, ExpertOptions options)
      throws IOException {
    if (options.routing() == Routing.RANDOM) {
      return List.of(Grouping.random(rows.width(), options.count(), 4));
    }
    double[] strength = rows.strength();
    float[][] activity = rows.activity();
    return List.of(
        Grouping.byActivity(activity, options.count()),
        Grouping.shared(strength, activity, options.count()),
        Grouping.byStrength(strength, options.count()));
  }

  private static int[] pick(HiddenRows rows, boolean held) {
    SplittableRandom random = new SplittableRandom(6);
    return IntStream.range(0, rows.input().length)
        .filter(i -> (random.nextInt(HELD_OUT) == 0) == held)
        .toArray();
  }

  static float[][] picked(float[][] rows, int[] which) {
    float[][] picked = new float[which.length][];
    for (int i = 0; i < which.length; i++) {
      picked[i] = rows[which[i]];
    }
    return picked;
  }

  /** How much each expert of each grouping moves the output on a row. */
  private static float[][] norms(List<float[][]> contributions, int[] rows, int experts) {
    float[][] norms = new float[rows.length][contributions.size() * experts];
    for (int g = 0; g < contributions.size(); g++) {
      for (int i = 0; i < rows.length; i++) {
        float[] all = contributions.get(g)[rows[i]];
        int size = all.length / experts;
        for (int e = 0; e < experts; e++) {
          double sum = 0;
          for (int j = e * size; j < (e + 1) * size; j++) {
            sum += (double) all[j] * all[j];
          }
          norms[i][g * experts + e] = (float) Math.sqrt(sum);
        }
      }
    }
    return norms;
  }

  /** Energy of the sum of what experts that were not chosen would have added. */
  private static double lost(float[][] contributions, boolean[][] chosen) {
    int experts = chosen[0].length;
    int size = contributions[0].length / experts;
    double lost = 0;
    for (int i = 0; i < contributions.length; i++) {
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int e = 0; e < experts; e++) {
          sum += chosen[i][e] ? 0 : contributions[i][e * size + j];
        }
        lost += sum * sum;
      }
    }
    return lost;
  }
}
