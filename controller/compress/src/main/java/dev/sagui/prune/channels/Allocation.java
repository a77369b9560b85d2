/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Widths for all groups within a cost, with the least sum of the errors that each brings alone: all
 * combinations where they are few, else a descent by error for cost, then exchanges.
 */
final class Allocation {
  private static final long MOST_COMBINATIONS = 300_000;

  private final List<Curve> curves;
  private final Cost cost;
  private final double limit;
  private final List<Choice> found = new ArrayList<>();

  /**
   * An index into each curve.
   *
   * @param error foretold
   */
  record Choice(List<Integer> indices, double error, double cost) {
    List<Ranking.Width> widths(List<Curve> curves) {
      return IntStream.range(0, curves.size())
          .mapToObj(i -> curves.get(i).widths().get(indices.get(i)))
          .toList();
    }
  }

  private Allocation(List<Curve> curves, Cost cost, double limit) {
    this.curves = curves;
    this.cost = cost;
    this.limit = limit;
  }

  /**
   * @param limit of the cost
   * @param most how many are asked for
   * @return the best first; none when no widths are within the limit
   */
  static List<Choice> best(List<Curve> curves, Cost cost, double limit, int most) {
    Allocation allocation = new Allocation(curves, cost, limit);
    double combinations = curves.stream().mapToDouble(Curve::size).reduce(1, (a, b) -> a * b);
    if (combinations <= MOST_COMBINATIONS) {
      allocation.all(new int[curves.size()], 0);
    } else {
      allocation.descend();
    }
    return allocation.found.stream()
        .sorted(Comparator.comparingDouble(Choice::error))
        .limit(most)
        .toList();
  }

  private void all(int[] indices, int at) {
    if (at == indices.length) {
      keep(indices);
      return;
    }
    for (int i = 0; i < curves.get(at).size(); i++) {
      indices[at] = i;
      all(indices, at + 1);
    }
  }

  private void keep(int[] indices) {
    double own = cost(indices);
    if (own <= limit) {
      found.add(new Choice(Arrays.stream(indices).boxed().toList(), error(indices), own));
      if (found.size() > 10_000) {
        found.sort(Comparator.comparingDouble(Choice::error));
        found.subList(100, found.size()).clear();
      }
    }
  }

  private double cost(int[] indices) {
    int[] widths = new int[indices.length];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = curves.get(i).width(indices[i]);
    }
    return cost.of(widths);
  }

  private double error(int[] indices) {
    double sum = 0;
    for (int i = 0; i < indices.length; i++) {
      sum += curves.get(i).errors().get(indices[i]);
    }
    return sum;
  }

  private void descend() {
    int[] indices = new int[curves.size()];
    while (cost(indices) > limit) {
      int next = cheapest(indices);
      if (next < 0) {
        return;
      }
      indices[next]++;
    }
    keep(indices);
    Set<List<Integer>> seen = new HashSet<>();
    while (seen.add(Arrays.stream(indices).boxed().toList()) && exchange(indices)) {
      keep(indices);
    }
  }

  /** The group whose next step brings least error for the cost that it saves; −1 for none. */
  private int cheapest(int[] indices) {
    double before = cost(indices);
    double error = error(indices);
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] + 1 < curves.get(i).size()) {
        indices[i]++;
        double saved = before - cost(indices);
        double price = (error(indices) - error) / Math.max(saved, 1e-12);
        if (saved > 0 && price < least) {
          least = price;
          best = i;
        }
        indices[i]--;
      }
    }
    return best;
  }

  /** Widens one group and narrows another, or only widens, where that lowers the error most. */
  private boolean exchange(int[] indices) {
    double least = error(indices) * (1 - 1e-9);
    int[] best = new int[0];
    for (int up = 0; up < indices.length; up++) {
      for (int down = -1; down < indices.length; down++) {
        int[] moved = indices.clone();
        moved[up]--;
        if (down >= 0) {
          moved[down]++;
        }
        if (up != down && isLegal(moved, up, down) && cost(moved) <= limit) {
          keep(moved);
          if (error(moved) < least) {
            least = error(moved);
            best = moved;
          }
        }
      }
    }
    System.arraycopy(best, 0, indices, 0, best.length);
    return best.length > 0;
  }

  private boolean isLegal(int[] indices, int up, int down) {
    return indices[up] >= 0 && (down < 0 || indices[down] < curves.get(down).size());
  }
}
