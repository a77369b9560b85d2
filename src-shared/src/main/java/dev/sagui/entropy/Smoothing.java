/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Shares for counts of bytes in runs of neighbours that have the same: fewer bits of table, a few
 * more of data, the least of both together.
 */
final class Smoothing {
  private static final double LOG2_E = 1 / Math.log(2);

  private final int[] below = new int[Frequencies.SYMBOLS + 1];

  /** Of {@code c * log2(c)} of the counts c below a symbol. */
  private final double[] exact = new double[Frequencies.SYMBOLS + 1];

  private final int all;
  private final double runBits;

  private record Run(int from, int to, int count) {
    int length() {
      return to - from;
    }
  }

  private Smoothing(int[] counts, double runBits) {
    this.runBits = runBits;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      below[s + 1] = below[s] + counts[s];
      exact[s + 1] = exact[s] + Counts.cLogC(counts[s]);
    }
    this.all = below[Frequencies.SYMBOLS];
  }

  /**
   * @param counts of 256 symbols, of which two or more occur
   * @param runBits what a run takes in the table, about
   * @return shares of {@link Frequencies#TOTAL}, of each symbol that occurs 1 or more
   */
  static int[] shares(int[] counts, double runBits) {
    Smoothing smoothing = new Smoothing(counts, runBits);
    return smoothing.shares(smoothing.runs());
  }

  /** The cheapest runs, by dynamic programming over where the last one starts. */
  private List<Run> runs() {
    double[] least = new double[below.length];
    int[] start = new int[below.length];
    double most = Frequencies.SYMBOLS * runBits;
    for (int to = 1; to < below.length; to++) {
      least[to] = Double.POSITIVE_INFINITY;
      double loss = 0;
      for (int from = to - 1; from >= 0 && loss < most; from--) { // a longer run loses more
        loss = loss(from, to);
        double cost = least[from] + runBits + loss;
        if (cost < least[to]) {
          least[to] = cost;
          start[to] = from;
        }
      }
    }
    List<Run> runs = new ArrayList<>();
    for (int to = below.length - 1; to > 0; to = start[to]) {
      runs.add(new Run(start[to], to, below[to] - below[start[to]]));
    }
    return runs;
  }

  /**
   * Bits that data take more when the symbols of a run have one share than when each has its own.
   * One of {@link Frequencies#TOTAL} is the least that a symbol can have.
   */
  private double loss(int from, int to) {
    int count = below[to] - below[from];
    int length = to - from;
    if (count == 0) {
      return 0;
    }
    double own = exact[to] - exact[from];
    double tooMany = (double) length * all / Frequencies.TOTAL - count;
    return tooMany > 0
        ? own + count * (Frequencies.TOTAL_BITS - Counts.log2(all)) + tooMany * LOG2_E
        : own + count * Counts.log2(length) - Counts.cLogC(count);
  }

  /** From the smallest share to the largest, which takes what rounding has left. */
  private int[] shares(List<Run> runs) {
    List<Run> rising = new ArrayList<>(runs);
    rising.removeIf(run -> run.count() == 0);
    rising.sort(Comparator.comparingDouble(run -> (double) run.count() / run.length()));
    int[] shares = new int[Frequencies.SYMBOLS];
    long countsLeft = all;
    int left = Frequencies.TOTAL;
    for (Run run : rising) {
      int wanted = (int) Math.round((double) run.count() * left / countsLeft / run.length());
      int each = Math.max(1, Math.min(wanted, left / run.length()));
      Arrays.fill(shares, run.from(), run.to(), each);
      left -= each * run.length();
      countsLeft -= run.count();
    }
    shares[rising.get(rising.size() - 1).from()] += left;
    return shares;
  }
}
