/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ranks of a layer that are worth their errors, from the full layer down: those on the lower
 * convex hull of error over work, whichever way it is written.
 */
final class RankCurve {
  /** Ranks that are looked at for each way. */
  private static final int MOST_RANKS = 12;

  private static final int ALIGNED = 8;

  private final Layer layer;
  private final double macs;
  private final List<Choice> hull;
  private final Map<Integer, Double> times = new HashMap<>();
  private double scale = 1;
  private int at = -1;

  /**
   * @param work as a share of the layer's
   * @param error of what the layer gives, as a share of its power
   */
  record Choice(Factoring way, int rank, double work, double error) {}

  private RankCurve(Layer layer, double macs, List<Choice> hull) {
    this.layer = layer;
    this.macs = macs;
    this.hull = hull;
  }

  /** Empty when no rank saves work. */
  static Optional<RankCurve> of(Layer layer, List<Factoring> ways, double macs) {
    List<Choice> all = new ArrayList<>();
    for (Factoring way : ways) {
      int most = way.most();
      while (most > 0 && way.work(most) >= 1) {
        most--;
      }
      int step = Math.max(ALIGNED, (most / MOST_RANKS + ALIGNED - 1) / ALIGNED * ALIGNED);
      for (int rank = most / ALIGNED * ALIGNED; rank >= ALIGNED; rank -= step) {
        all.add(new Choice(way, rank, way.work(rank), way.error(rank)));
      }
    }
    List<Choice> hull = hull(all);
    ways.forEach(
        way ->
            way.settle(
                hull.stream()
                    .filter(choice -> choice.way() == way)
                    .map(Choice::rank)
                    .collect(Collectors.toSet())));
    return hull.isEmpty() ? Optional.empty() : Optional.of(new RankCurve(layer, macs, hull));
  }

  /** Each of these costs more error for the work that it saves than the one before. */
  private static List<Choice> hull(List<Choice> all) {
    List<Choice> rest = new ArrayList<>(all);
    List<Choice> hull = new ArrayList<>();
    double work = 1;
    double error = 0;
    while (!rest.isEmpty()) {
      double fromWork = work;
      double fromError = error;
      Choice next =
          rest.stream()
              .min(
                  Comparator.comparingDouble(
                      (Choice c) -> (c.error() - fromError) / (fromWork - c.work())))
              .orElseThrow();
      hull.add(next);
      work = next.work();
      error = next.error();
      rest.removeIf(c -> c.work() >= next.work());
    }
    return hull;
  }

  Layer layer() {
    return layer;
  }

  /** One to learn from what the layer's errors do to the outputs. */
  Choice middle() {
    return hull.get(hull.size() / 2);
  }

  /**
   * @param error of the outputs with the {@link #middle} rank
   */
  void scale(double error) {
    scale = error / Math.max(middle().error(), 1e-9);
  }

  void reset() {
    at = -1;
  }

  boolean isFactored() {
    return at >= 0;
  }

  Choice now() {
    return hull.get(at);
  }

  boolean hasNext() {
    return at + 1 < hull.size();
  }

  /** Error at the outputs for each multiplication that the next rank saves. */
  double price() {
    Choice next = hull.get(at + 1);
    double error = next.error() - (at < 0 ? 0 : now().error());
    return scale * error / (macs * ((at < 0 ? 1 : now().work()) - next.work()));
  }

  /** Goes to the next rank; what it saves. */
  double advance() {
    double before = saved();
    at++;
    return saved() - before;
  }

  double saved() {
    return at < 0 ? 0 : macs * (1 - now().work());
  }

  double mostSaved() {
    return macs * (1 - hull.get(hull.size() - 1).work());
  }

  /** Times a rank. */
  interface Clock {
    double time(RankCurve curve) throws IOException;
  }

  /** The time of the rank that is chosen now, as a share of the layer's; measured once. */
  double time(Clock clock) throws IOException {
    Double known = times.get(at);
    double ratio = known == null ? clock.time(this) : known;
    times.put(at, ratio);
    return ratio;
  }
}
