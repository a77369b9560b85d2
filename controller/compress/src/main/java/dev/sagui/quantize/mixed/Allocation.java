/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One format for each layer, with about the fewest bytes that keep the sum of errors under a limit:
 * the multiple-choice knapsack by its linear relaxation (Kellerer, Pferschy, Pisinger, "Knapsack
 * Problems", section 11.2). All layers start from their smallest format; the step that takes off
 * the most error for its bytes comes first; last, steps that the others made needless are undone.
 */
public final class Allocation {
  /** From one format of a layer to the next on the lower convex hull of bytes and error. */
  private record Move(String layer, Candidate from, Candidate to) {
    long bytes() {
      return to.bytes() - from.bytes();
    }

    double error() {
      return from.error() - to.error();
    }

    double perByte() {
      return error() / bytes();
    }
  }

  private final Map<String, Candidate> chosen = new LinkedHashMap<>();
  private final List<Move> moves = new ArrayList<>();
  private final List<Move> made = new ArrayList<>();
  private double error;
  private long bytes;

  private Allocation(List<Sensitivity> layers) {
    layers.forEach(this::add);
    moves.sort(Comparator.comparingDouble(Move::perByte).reversed());
  }

  /**
   * @param maxError of all layers together; where it cannot be reached, the least is taken
   * @param maxBytes of all layers together, but for what the smallest formats take
   * @return the candidate of each layer by its name, in order
   */
  public static Map<String, Candidate> fewestBytes(
      List<Sensitivity> layers, double maxError, long maxBytes) {
    Allocation allocation = new Allocation(layers);
    allocation.move(maxError, maxBytes);
    allocation.undo(maxError);
    return allocation.chosen;
  }

  private void add(Sensitivity layer) {
    List<Candidate> hull = hull(layer.candidates());
    Candidate first = hull.get(0);
    chosen.put(layer.layer(), first);
    error += first.error();
    bytes += first.bytes();
    for (int i = 1; i < hull.size(); i++) {
      moves.add(new Move(layer.layer(), hull.get(i - 1), hull.get(i)));
    }
  }

  /** More bytes always bring less error, and ever less for a byte. */
  private static List<Candidate> hull(List<Candidate> candidates) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparingLong(Candidate::bytes).thenComparingDouble(Candidate::error));
    List<Candidate> hull = new ArrayList<>();
    for (Candidate next : sorted) {
      if (!hull.isEmpty() && next.error() >= last(hull, 0).error()) {
        continue;
      }
      while (hull.size() > 1
          && new Move("", last(hull, 0), next).perByte()
              >= new Move("", last(hull, 1), last(hull, 0)).perByte()) {
        hull.remove(hull.size() - 1);
      }
      hull.add(next);
    }
    return hull;
  }

  private static Candidate last(List<Candidate> hull, int before) {
    return hull.get(hull.size() - 1 - before);
  }

  private void move(double maxError, long maxBytes) {
    for (Move move : moves) {
      boolean next = move.from().equals(chosen.get(move.layer()));
      if (error > maxError && next && bytes + move.bytes() <= maxBytes) {
        chosen.put(move.layer(), move.to());
        error -= move.error();
        bytes += move.bytes();
        made.add(move);
      }
    }
  }

  private void undo(double maxError) {
    for (int i = made.size() - 1; i >= 0; i--) {
      Move move = made.get(i);
      if (move.to().equals(chosen.get(move.layer())) && error + move.error() <= maxError) {
        chosen.put(move.layer(), move.from());
        error += move.error();
        bytes -= move.bytes();
      }
    }
  }
}
