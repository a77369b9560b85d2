/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A set cut into random halves, 20 times: what a statistic says between halves is the scale of
 * chance. Halves are smaller than the set, so that the scale is on the wide side.
 *
 * @param halves none for less than four items
 */
public record Splits(List<Halves> halves) {
  private static final int COUNT = 20;
  private static final int MIN_ITEMS = 4;

  /** Indices of two halves of equal size; of an odd number one item is in neither. */
  public record Halves(int[] first, int[] second) {
    /**
     * 1 in the first half, −1 in the second, 0 in neither: [items · each], of an item's parts one
     * after the other.
     */
    byte[] signs(int items, int each) {
      byte[] signs = new byte[items * each];
      for (int i = 0; i < first.length; i++) {
        Arrays.fill(signs, first[i] * each, (first[i] + 1) * each, (byte) 1);
        Arrays.fill(signs, second[i] * each, (second[i] + 1) * each, (byte) -1);
      }
      return signs;
    }
  }

  /** What is measured between two halves. */
  public interface Statistic {
    double between(Halves halves);
  }

  /** The same for the same seed. */
  public static Splits of(int items, long seed) {
    List<Halves> halves = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i < COUNT && items >= MIN_ITEMS; i++) {
      int[] order = shuffled(items, random);
      halves.add(
          new Halves(
              Arrays.copyOfRange(order, 0, items / 2),
              Arrays.copyOfRange(order, items / 2, items / 2 * 2)));
    }
    return new Splits(halves);
  }

  private static int[] shuffled(int items, Random random) {
    int[] order = new int[items];
    for (int i = 0; i < items; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The 95th percentile of a statistic over all splits; NaN when there are none. */
  public double percentile95(Statistic statistic) {
    return percentile95(halves.stream().mapToDouble(statistic::between).toArray());
  }

  /** By linear interpolation; NaN for no values. */
  public static double percentile95(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = 0.95 * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
