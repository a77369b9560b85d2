/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Progress;
import dev.sagui.quantize.calibrate.Range;
import dev.sagui.quantize.calibrate.RangeMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Chooses ranges by the error at the model's outputs, which is what counts: the best method for all
 * values, then for each value alone where they are few.
 */
final class RangeSearch {
  private static final List<RangeMethod> METHODS =
      List.of(RangeMethod.MSE, RangeMethod.PERCENTILE, RangeMethod.MINMAX, RangeMethod.ENTROPY);

  /** Beyond this a search value by value takes too long. */
  private static final int FEW = 16;

  /** Of the range that a value has. */
  private static final double[] FACTORS = {0.85, 0.93, 1.08};

  private final Trial trial;
  private final Set<String> layers;
  private final BiFunction<String, RangeMethod, Range> range;
  private final Corrections corrections;
  private final Progress progress;

  /**
   * @param layers in integers, by their outputs
   * @param range of a group by a method
   */
  RangeSearch(
      Trial trial,
      Set<String> layers,
      BiFunction<String, RangeMethod, Range> range,
      Progress progress) {
    this(trial, layers, range, Corrections.NONE, progress);
  }

  private RangeSearch(
      Trial trial,
      Set<String> layers,
      BiFunction<String, RangeMethod, Range> range,
      Corrections corrections,
      Progress progress) {
    this.trial = trial;
    this.layers = layers;
    this.range = range;
    this.corrections = corrections;
    this.progress = progress;
  }

  /** The same with corrections in place. */
  RangeSearch with(Corrections other) {
    return new RangeSearch(trial, layers, range, other, progress);
  }

  /** Changes ranges one by one, where they are few, as long as the error falls. */
  Map<String, Range> better(Map<String, Range> ranges) throws IOException {
    return ranges.size() > FEW ? ranges : each(ranges, error(ranges));
  }

  Map<String, Range> best(Set<String> groups) throws IOException {
    List<Map<String, Range>> all = METHODS.stream().map(method -> all(groups, method)).toList();
    List<Double> errors = trial.each(all, this::error);
    int best = least(errors);
    return groups.size() > FEW ? all.get(best) : each(all.get(best), errors.get(best));
  }

  /** The first of the least. */
  private static int least(List<Double> errors) {
    return errors.indexOf(Collections.min(errors));
  }

  private Map<String, Range> all(Set<String> groups, RangeMethod method) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    groups.forEach(group -> ranges.put(group, range.apply(group, method)));
    return ranges;
  }

  private Map<String, Range> each(Map<String, Range> start, double startError) throws IOException {
    Map<String, Range> best = new LinkedHashMap<>(start);
    double error = startError;
    int done = 0;
    for (String group : start.keySet()) {
      List<Map<String, Range>> others = new ArrayList<>();
      for (Range candidate : candidates(group, start.getOrDefault(group, Range.ZERO))) {
        Map<String, Range> other = new LinkedHashMap<>(best);
        other.put(group, candidate);
        others.add(other);
      }
      List<Double> errors = trial.each(others, this::error);
      if (!errors.isEmpty() && Collections.min(errors) < error) {
        best = others.get(least(errors));
        error = Collections.min(errors);
      }
      progress.at("choose ranges", (double) ++done / start.size());
    }
    return best;
  }

  private Set<Range> candidates(String group, Range now) {
    Set<Range> candidates = new LinkedHashSet<>();
    METHODS.forEach(method -> candidates.add(range.apply(group, method)));
    for (double factor : FACTORS) {
      candidates.add(new Range((float) (now.low() * factor), (float) (now.high() * factor)));
    }
    candidates.remove(now);
    return candidates;
  }

  private double error(Map<String, Range> ranges) throws IOException {
    return trial.error(trial.quantized(layers, ranges, corrections));
  }
}
