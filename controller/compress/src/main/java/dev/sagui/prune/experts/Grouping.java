/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which expert a hidden neuron belongs to; all experts have one size.
 *
 * @param name as reports have it
 * @param expertOf each neuron
 */
@SuppressWarnings("ArrayRecordComponent")
record Grouping(String name, int[] expertOf) {
  private static final int ROUNDS = 12;

  /** Neurons by how much they move the block's output, the strongest in the first expert. */
  static Grouping byStrength(double[] strength, int count) {
    int size = strength.length / count;
    int[] expertOf = new int[strength.length];
    int[] order = order(strength);
    for (int rank = 0; rank < order.length; rank++) {
      expertOf[order[rank]] = rank / size;
    }
    return new Grouping("strength", expertOf);
  }

  /**
   * The strongest neurons in one expert, the others by balanced k-means.
   *
   * @param points of each neuron: those that act together are close
   */
  static Grouping shared(double[] strength, float[][] points, int count) {
    int size = strength.length / count;
    int[] order = order(strength);
    int[] rest = Arrays.copyOfRange(order, size, order.length);
    Arrays.sort(rest);
    float[][] others = Arrays.stream(rest).mapToObj(i -> points[i]).toArray(float[][]::new);
    int[] clusters = clusters(others, count - 1);
    int[] expertOf = new int[strength.length];
    for (int i = 0; i < rest.length; i++) {
      expertOf[rest[i]] = clusters[i] + 1;
    }
    return new Grouping("shared and activity", expertOf);
  }

  /** Balanced k-means over neurons that act together. */
  static Grouping byActivity(float[][] points, int count) {
    return new Grouping("activity", clusters(points, count));
  }

  /** Neurons in no order. */
  static Grouping random(int neurons, int count, long seed) {
    int[] expertOf = IntStream.range(0, neurons).map(i -> i / (neurons / count)).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = neurons - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = expertOf[i];
      expertOf[i] = expertOf[j];
      expertOf[j] = kept;
    }
    return new Grouping("random", expertOf);
  }

  /** The neurons of an expert, in order. */
  int[] neurons(int expert) {
    return IntStream.range(0, expertOf.length).filter(i -> expertOf[i] == expert).toArray();
  }

  private static int[] order(double[] strength) {
    return IntStream.range(0, strength.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -strength[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int[] clusters(float[][] points, int count) {
    float[][] centres = spread(points, count);
    int[] clusters = new int[points.length];
    for (int round = 0; round < ROUNDS; round++) {
      int[] next = balanced(points, centres);
      if (Arrays.equals(next, clusters) && round > 0) {
        break;
      }
      clusters = next;
      centres = centres(points, clusters, count);
    }
    return clusters;
  }

  /** First centres: each the point that is farthest from those before, seen from 16 at random. */
  private static float[][] spread(float[][] points, int count) {
    SplittableRandom random = new SplittableRandom(1);
    List<float[]> centres = new ArrayList<>(List.of(points[random.nextInt(points.length)]));
    while (centres.size() < count) {
      float[] best = points[0];
      double most = -1;
      for (int i = 0; i < 16; i++) {
        float[] point = points[random.nextInt(points.length)];
        double near = centres.stream().mapToDouble(c -> distance(c, point)).min().orElse(0);
        if (near > most) {
          most = near;
          best = point;
        }
      }
      centres.add(best);
    }
    return centres.toArray(float[][]::new);
  }

  /** Each point to its nearest centre that has room; those that lose most otherwise come first. */
  private static int[] balanced(float[][] points, float[][] centres) {
    int count = centres.length;
    double[][] far = new double[points.length][count];
    double[] regret = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      for (int c = 0; c < count; c++) {
        far[i][c] = distance(points[i], centres[c]);
      }
      double[] sorted = far[i].clone();
      Arrays.sort(sorted);
      regret[i] = count > 1 ? sorted[1] - sorted[0] : 0;
    }
    int[] room = new int[count];
    Arrays.fill(room, points.length / count);
    int[] clusters = new int[points.length];
    for (int i : order(regret)) {
      int best = -1;
      for (int c = 0; c < count; c++) {
        if (room[c] > 0 && (best < 0 || far[i][c] < far[i][best])) {
          best = c;
        }
      }
      clusters[i] = best;
      room[best]--;
    }
    return clusters;
  }

  private static float[][] centres(float[][] points, int[] clusters, int count) {
    float[][] centres = new float[count][points[0].length];
    float share = (float) count / points.length;
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < points[i].length; j++) {
        centres[clusters[i]][j] += share * points[i][j];
      }
    }
    return centres;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = a[i] - b[i];
      sum += d * d;
    }
    return sum;
  }
}
