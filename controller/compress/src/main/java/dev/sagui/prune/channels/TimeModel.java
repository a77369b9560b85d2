/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.cost.NonNegative;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Time of a run as a sum over layers of what their multiplications and the elements that they give
 * take, none of it negative, fitted to models of drawn widths that were timed beside the full one.
 */
final class TimeModel implements Cost {
  /** With more layers than this, those of a kind share their rates. */
  private static final int FEW_LAYERS = 12;

  private static final double RIDGE = 1e-9;

  private final List<List<LayerWork>> kinds;
  private final double[] scales;
  private final double[] rates;

  private TimeModel(List<List<LayerWork>> kinds, double[] scales, double[] rates) {
    this.kinds = kinds;
    this.scales = scales;
    this.rates = rates;
  }

  /** Widths and the time that they took, to that of the full ones. */
  @SuppressWarnings("ArrayRecordComponent")
  record Timed(int[] widths, double ratio) {}

  static TimeModel fit(List<LayerWork> works, List<Timed> timed) {
    List<List<LayerWork>> kinds = kinds(works);
    double[][] features = new double[timed.size()][];
    for (int i = 0; i < features.length; i++) {
      features[i] = features(kinds, timed.get(i).widths());
    }
    double[] scales = new double[2 * kinds.size() + 1];
    for (double[] row : features) {
      for (int j = 0; j < scales.length; j++) {
        scales[j] = Math.max(scales[j], row[j]);
      }
    }
    for (double[] row : features) {
      scale(row, scales);
    }
    double[] ratios = timed.stream().mapToDouble(Timed::ratio).toArray();
    return new TimeModel(kinds, scales, nonNegative(features, ratios));
  }

  private static List<List<LayerWork>> kinds(List<LayerWork> works) {
    if (works.size() <= FEW_LAYERS) {
      return works.stream().map(List::of).toList();
    }
    Map<String, List<LayerWork>> kinds = new LinkedHashMap<>();
    works.forEach(work -> kinds.computeIfAbsent(work.kind(), k -> new ArrayList<>()).add(work));
    return List.copyOf(kinds.values());
  }

  private static double[] features(List<List<LayerWork>> kinds, int[] widths) {
    double[] features = new double[2 * kinds.size() + 1];
    for (int i = 0; i < kinds.size(); i++) {
      for (LayerWork work : kinds.get(i)) {
        features[2 * i] += work.macs(widths);
        features[2 * i + 1] += work.elements(widths);
      }
    }
    features[features.length - 1] = 1;
    return features;
  }

  private static void scale(double[] row, double[] scales) {
    for (int j = 0; j < row.length; j++) {
      row[j] /= Math.max(scales[j], 1e-30);
    }
  }

  private static double[] nonNegative(double[][] rows, double[] wanted) {
    NonNegative squares = new NonNegative(rows[0].length);
    for (int i = 0; i < rows.length; i++) {
      squares.add(rows[i], wanted[i]);
    }
    squares.pull(0, RIDGE);
    return squares.factors();
  }

  @Override
  public double of(int[] widths) {
    double[] features = features(kinds, widths);
    scale(features, scales);
    double time = 0;
    for (int j = 0; j < rates.length; j++) {
      time += rates[j] * features[j];
    }
    return time;
  }
}
