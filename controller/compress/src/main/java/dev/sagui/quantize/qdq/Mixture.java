/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Progress;
import dev.sagui.quantize.calibrate.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which layers stay float32 so that the outputs reach a quality: each layer's harm is the error at
 * the model's outputs when it alone computes in integers; the most harmful for what they cost in
 * float32 go first, as many as it takes; then those that it did not take come back.
 */
final class Mixture {
  private static final int TRIES = 16;

  /** With more layers than this, neighbours are tried together and share their harm. */
  private static final int MOST_TRIALS = 64;

  /** How often the aim is raised when samples that were not looked at are worse. */
  private static final int HIGHER = 2;

  private final Trial trial;
  private final Map<String, Range> ranges;
  private final Corrections corrections;
  private final Map<String, Double> harm = new LinkedHashMap<>();
  private final Progress progress;

  /** So many floats were too few for what was wanted, and are for what is wanted next. */
  private int tooFew = -1;

  Mixture(Trial trial, Map<String, Range> ranges, Corrections corrections, Progress progress) {
    this.trial = trial;
    this.ranges = ranges;
    this.corrections = corrections;
    this.progress = progress;
  }

  /**
   * The layers to compute in integers, of those given.
   *
   * @param costs of each layer in float32, by its output
   * @param wanted the largest error allowed, see {@link Trial#admitted}
   * @param check on other samples, where it must hold too
   */
  Set<String> integers(Map<String, Double> costs, double wanted, Optional<Trial> check)
      throws IOException {
    double aim = wanted;
    Set<String> layers = integers(costs, aim);
    for (int i = 0; i < HIGHER && check.isPresent(); i++) {
      double held = check.get().error(check.get().quantized(layers, ranges, corrections));
      if (held <= wanted || layers.isEmpty()) {
        break;
      }
      aim *= wanted / held;
      layers = integers(costs, aim);
    }
    return layers;
  }

  private Set<String> integers(Map<String, Double> costs, double wanted) throws IOException {
    Set<String> all = new LinkedHashSet<>(costs.keySet());
    if (tooFew < 0 && meets(all, wanted)) {
      return all;
    }
    List<String> order = order(costs);
    int most = order.size();
    int least = Math.max(0, tooFew);
    while (most - least > 1) {
      int middle = (least + most) / 2;
      if (meets(new LinkedHashSet<>(order.subList(middle, order.size())), wanted)) {
        most = middle;
      } else {
        least = middle;
      }
    }
    tooFew = least;
    return widened(order, most, costs, wanted);
  }

  /** The most harmful for their cost first. */
  private List<String> order(Map<String, Double> costs) throws IOException {
    List<String> layers = List.copyOf(costs.keySet());
    int each = (layers.size() + MOST_TRIALS - 1) / MOST_TRIALS;
    List<List<String>> groups = new ArrayList<>();
    for (int i = harm.size(); i < layers.size(); i += each) {
      groups.add(layers.subList(i, Math.min(layers.size(), i + each)));
    }
    trial.each(
        groups,
        together -> {
          double error = trial.roughly(trial.quantized(together, ranges, corrections));
          harmed(together, error / together.size(), layers.size());
          return error;
        });
    return costs.keySet().stream()
        .sorted(
            Comparator.comparingDouble(
                    (String layer) ->
                        harm.getOrDefault(layer, 0.0)
                            / Math.max(Double.MIN_NORMAL, costs.getOrDefault(layer, 1.0)))
                .reversed())
        .toList();
  }

  private synchronized void harmed(List<String> layers, double each, int of) {
    layers.forEach(layer -> harm.put(layer, each));
    progress.at("sensitivity", (double) harm.size() / of);
  }

  /** Gives back to integers, the dearest first, what need not be float after all. */
  private Set<String> widened(
      List<String> order, int floats, Map<String, Double> costs, double wanted) throws IOException {
    Set<String> integers = new LinkedHashSet<>(order.subList(floats, order.size()));
    List<String> back =
        order.subList(0, floats).stream()
            .sorted(Comparator.comparingDouble(layer -> -costs.getOrDefault(layer, 1.0)))
            .limit(TRIES)
            .toList();
    int done = 0;
    for (int i = 0; i < back.size(); i += 2) {
      List<String> two = back.subList(i, Math.min(back.size(), i + 2));
      List<Boolean> alone = trial.each(two, layer -> meets(with(integers, layer), wanted));
      for (int k = 0; k < two.size(); k++) {
        // The second was tried without the first.
        boolean more = k == 1 && alone.get(0);
        if (more ? meets(with(integers, two.get(k)), wanted) : alone.get(k)) {
          integers.add(two.get(k));
        }
      }
      done += two.size();
      progress.at("give back to integers", (double) done / back.size());
    }
    return integers;
  }

  /** By how much the error is larger with one more layer in integers. */
  double errorFactor(Set<String> integers, String more) throws IOException {
    return Math.sqrt(error(with(integers, more)) / error(integers));
  }

  private double error(Set<String> layers) throws IOException {
    return trial.error(trial.quantized(layers, ranges, corrections));
  }

  private static Set<String> with(Set<String> layers, String other) {
    Set<String> more = new LinkedHashSet<>(layers);
    more.add(other);
    return more;
  }

  private boolean meets(Set<String> layers, double wanted) throws IOException {
    return trial.within(trial.quantized(layers, ranges, corrections), wanted);
  }
}
