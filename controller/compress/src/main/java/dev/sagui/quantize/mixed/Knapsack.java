/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One format for each layer with the least sum of errors under limits on the sums of bytes and
 * milliseconds: the multiple-choice knapsack by dynamic programming over choices that no other
 * dominates (Kellerer, Pferschy, Pisinger, "Knapsack Problems", section 11.5).
 *
 * <p>Exact while at most 4000 partial choices stay; beyond that, those in one cell of a grid over
 * bytes and milliseconds are represented by the one with the least error. Limits are always kept.
 */
public final class Knapsack {
  private static final int MOST = 4_000;
  private static final int CELLS = 50;

  private final List<Sensitivity> layers;
  private final long maxBytes;
  private final double maxMillis;

  /** The choice for the layers so far, as a list from the last to the first. */
  private record State(
      long bytes, double millis, double error, @Nullable State before, Candidate last) {}

  private Knapsack(List<Sensitivity> layers, long maxBytes, double maxMillis) {
    this.layers = layers;
    this.maxBytes = maxBytes;
    this.maxMillis = maxMillis;
  }

  /**
   * @param maxBytes inclusive; {@link Long#MAX_VALUE} for no limit
   * @param maxMillis inclusive; infinite for no limit
   * @return the candidate of each layer by its name, in order; empty when nothing fits
   */
  public static Optional<Map<String, Candidate>> choose(
      List<Sensitivity> layers, long maxBytes, double maxMillis) {
    return new Knapsack(layers, maxBytes, maxMillis).solve();
  }

  private Optional<Map<String, Candidate>> solve() {
    Candidate none = new Candidate("", 0, 0, 0);
    List<State> states = List.of(new State(0, 0, 0, null, none));
    for (int i = 0; i < layers.size(); i++) {
      states = thinned(undominated(extended(states, i)));
    }
    return states.stream().min(Comparator.comparingDouble(State::error)).map(this::choice);
  }

  /** Every choice so far with every candidate of a layer, if the rest can still fit. */
  private List<State> extended(List<State> states, int layer) {
    long leastBytes = 0;
    double leastMillis = 0;
    for (Sensitivity rest : layers.subList(layer + 1, layers.size())) {
      leastBytes += rest.candidates().stream().mapToLong(Candidate::bytes).min().orElse(0);
      leastMillis += rest.candidates().stream().mapToDouble(Candidate::millis).min().orElse(0);
    }
    List<State> extended = new ArrayList<>();
    for (State state : states) {
      for (Candidate c : layers.get(layer).candidates()) {
        long bytes = state.bytes() + c.bytes();
        double millis = state.millis() + c.millis();
        if (bytes <= maxBytes - leastBytes && millis + leastMillis <= maxMillis) {
          extended.add(new State(bytes, millis, state.error() + c.error(), state, c));
        }
      }
    }
    return extended;
  }

  private static List<State> undominated(List<State> states) {
    List<State> sorted = new ArrayList<>(states);
    sorted.sort(
        Comparator.comparingLong(State::bytes)
            .thenComparingDouble(State::millis)
            .thenComparingDouble(State::error));
    List<State> kept = new ArrayList<>();
    TreeMap<Double, Double> errors = new TreeMap<>(); // by millis, falling
    for (State state : sorted) {
      Map.Entry<Double, Double> quicker = errors.floorEntry(state.millis());
      if (quicker == null || quicker.getValue() > state.error()) {
        kept.add(state);
        Map.Entry<Double, Double> slower = errors.ceilingEntry(state.millis());
        while (slower != null && slower.getValue() >= state.error()) {
          errors.remove(slower.getKey());
          slower = errors.ceilingEntry(state.millis());
        }
        errors.put(state.millis(), state.error());
      }
    }
    return kept;
  }

  private static List<State> thinned(List<State> states) {
    if (states.size() <= MOST) {
      return states;
    }
    long bytes = states.get(states.size() - 1).bytes();
    double millis = states.stream().mapToDouble(State::millis).max().orElse(0);
    Map<Long, State> cells = new HashMap<>();
    for (State state : states) {
      long row = (long) (CELLS * (double) state.bytes() / Math.max(1, bytes));
      long column = millis == 0 ? 0 : (long) (CELLS * state.millis() / millis);
      cells.merge(row * (CELLS + 1) + column, state, (a, b) -> a.error() <= b.error() ? a : b);
    }
    List<State> thin = new ArrayList<>(cells.values());
    thin.add(states.get(0)); // fewest bytes
    thin.add(states.stream().min(Comparator.comparingDouble(State::millis)).orElseThrow());
    return thin;
  }

  private Map<String, Candidate> choice(State state) {
    List<Candidate> chosen = new ArrayList<>();
    for (State s = state; s.before() != null; s = s.before()) {
      chosen.add(0, s.last());
    }
    Map<String, Candidate> byLayer = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      byLayer.put(layers.get(i).layer(), chosen.get(i));
    }
    return byLayer;
  }
}
