/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnapsackTest {
  @Test
  void choiceIsTheBestOfAll() {
    for (int seed = 0; seed < 200; seed++) {
      List<Sensitivity> layers = layers(new Random(seed), 6, 4);
      long bytes = 150 + seed;
      double millis = seed % 2 == 0 ? Double.POSITIVE_INFINITY : 15 + seed / 10.0;
      double best = brute(layers, 0, bytes, millis);
      Optional<Map<String, Candidate>> chosen = Knapsack.choose(layers, bytes, millis);
      assertEquals(best, chosen.map(KnapsackTest::error).orElse(Double.POSITIVE_INFINITY), 1e-9);
    }
  }

  @Test
  void limitsAreKeptAndMoreRoomIsNeverWorseInLargeModels() {
    List<Sensitivity> layers = layers(new Random(1), 150, 5);
    double before = Double.POSITIVE_INFINITY;
    for (long bytes : new long[] {2500, 4000, 6000, 9000, Long.MAX_VALUE}) {
      Map<String, Candidate> chosen = Knapsack.choose(layers, bytes, 800).orElse(Map.of());
      assertTrue(chosen.values().stream().mapToLong(Candidate::bytes).sum() <= bytes);
      assertTrue(chosen.values().stream().mapToDouble(Candidate::millis).sum() <= 800);
      double error = chosen.isEmpty() ? before : error(chosen);
      assertTrue(error <= before);
      before = error;
    }
  }

  @Test
  void nothingFitsIsSaid() {
    Sensitivity layer = new Sensitivity("a", List.of(new Candidate("int8", 10, 1, 0)));
    assertEquals(Optional.empty(), Knapsack.choose(List.of(layer), 9, 1));
    assertEquals(Optional.empty(), Knapsack.choose(List.of(layer), 10, 0.5));
    assertEquals("int8", Knapsack.choose(List.of(layer), 10, 1).orElseThrow().get("a").label());
    assertEquals(Optional.of(Map.of()), Knapsack.choose(List.of(), 0, 0));
  }

  private static double error(Map<String, Candidate> chosen) {
    return chosen.values().stream().mapToDouble(Candidate::error).sum();
  }

  private static double brute(List<Sensitivity> layers, int from, long bytes, double millis) {
    if (bytes < 0 || millis < 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (from == layers.size()) {
      return 0;
    }
    return layers.get(from).candidates().stream()
        .mapToDouble(
            c -> c.error() + brute(layers, from + 1, bytes - c.bytes(), millis - c.millis()))
        .min()
        .orElseThrow();
  }

  private static List<Sensitivity> layers(Random random, int count, int formats) {
    List<Sensitivity> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Candidate> candidates = new ArrayList<>();
      for (int k = 0; k < formats; k++) {
        candidates.add(
            new Candidate(
                "f" + k, 5 + random.nextInt(80), 1 + random.nextInt(8), random.nextDouble()));
      }
      layers.add(new Sensitivity("l" + i, candidates));
    }
    return layers;
  }
}
