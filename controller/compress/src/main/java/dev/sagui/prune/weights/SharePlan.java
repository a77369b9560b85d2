/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shares of zeros under a budget of all layers that make the sum of their errors least. */
final class SharePlan {
  /**
   * Of one layer.
   *
   * @param kept share of its weights that are left
   * @param error at the outputs, 0 or more
   */
  record Point(double kept, double error) {}

  /**
   * A step along a layer's lower hull.
   *
   * @param gain error that goes for each weight that stays
   */
  private record Step(String layer, double from, double to, double weights, double gain) {}

  private SharePlan() {}

  /**
   * Errors between points are taken to lie on lines, and points above the lower hull to be chance:
   * then the steepest steps first are best (Everett, Operations Research 11, 1963).
   *
   * @param curves from the fewest weights left to all, by layer
   * @param sizes weights of each
   * @param ratio of zeros of all
   * @return shares of zeros by layer
   */
  static Map<String, Double> of(
      Map<String, List<Point>> curves, Map<String, Integer> sizes, double ratio) {
    Map<String, Double> kept = new LinkedHashMap<>();
    List<Step> steps = new ArrayList<>();
    double left = 0;
    for (Map.Entry<String, List<Point>> curve : curves.entrySet()) {
      double size = sizes.getOrDefault(curve.getKey(), 0);
      List<Point> hull = hull(curve.getValue());
      kept.put(curve.getKey(), hull.get(0).kept());
      left += (1 - ratio - hull.get(0).kept()) * size;
      for (int i = 0; i + 1 < hull.size(); i++) {
        Point a = hull.get(i);
        Point b = hull.get(i + 1);
        double weights = (b.kept() - a.kept()) * size;
        double gain = (a.error() - b.error()) / weights;
        steps.add(new Step(curve.getKey(), a.kept(), b.kept(), weights, gain));
      }
    }
    steps.sort(Comparator.comparingDouble(step -> -step.gain()));
    for (Step step : steps) {
      double part = Math.min(1, left / step.weights());
      if (part > 0) {
        kept.put(step.layer(), step.from() + part * (step.to() - step.from()));
        left -= part * step.weights();
      }
    }
    kept.replaceAll((layer, share) -> 1 - share);
    return kept;
  }

  /** The points of the lower convex hull, by what is kept. */
  private static List<Point> hull(List<Point> points) {
    List<Point> hull = new ArrayList<>();
    for (Point point : points) {
      while (!hull.isEmpty() && isAbove(hull, point)) {
        hull.remove(hull.size() - 1);
      }
      hull.add(point);
    }
    return hull;
  }

  /** Whether the last point of the hull lies on or above the way to {@code next}. */
  private static boolean isAbove(List<Point> hull, Point next) {
    if (hull.size() < 2) {
      return false;
    }
    Point a = hull.get(hull.size() - 2);
    Point b = hull.get(hull.size() - 1);
    double there = (next.error() - a.error()) / (next.kept() - a.kept());
    return b.error() - a.error() >= there * (b.kept() - a.kept());
  }
}
