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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTest {
  private static final Sensitivity ROUGH =
      new Sensitivity("rough", List.of(new Candidate("int4", 40, 8), new Candidate("int8", 80, 1)));

  private static final Sensitivity TOUCHY =
      new Sensitivity(
          "touchy",
          List.of(
              new Candidate("int4", 10, 9),
              new Candidate("int8", 20, 0.5),
              new Candidate("float32", 80, 0)));

  @Test
  void mostErrorForItsBytesGoesFirst() {
    Map<String, Candidate> chosen =
        Allocation.fewestBytes(List.of(ROUGH, TOUCHY), 10, Long.MAX_VALUE);
    assertEquals("int4", label(chosen, "rough"));
    assertEquals("int8", label(chosen, "touchy"));
  }

  @Test
  void limitOnBytesHoldsWhereTheErrorCannotBeReached() {
    Map<String, Candidate> chosen = Allocation.fewestBytes(List.of(ROUGH, TOUCHY), 0, 60);
    assertEquals("int4", label(chosen, "rough"));
    assertEquals("int8", label(chosen, "touchy"));
  }

  @Test
  void errorThatCannotBeReachedGivesTheLeast() {
    Map<String, Candidate> chosen =
        Allocation.fewestBytes(List.of(ROUGH, TOUCHY), 0, Long.MAX_VALUE);
    assertEquals("int8", label(chosen, "rough"));
    assertEquals("float32", label(chosen, "touchy"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bytesAreNearTheFewest(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Sensitivity> layers = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      long size = 50 + random.nextInt(100);
      double error = 10 * random.nextDouble();
      layers.add(
          new Sensitivity(
              "layer" + i,
              List.of(
                  new Candidate("int4", size, error),
                  new Candidate("int8", 2 * size, error / 64),
                  new Candidate("float32", 8 * size, 0))));
    }
    double limit = 5;
    Map<String, Candidate> chosen = Allocation.fewestBytes(layers, limit, Long.MAX_VALUE);
    double error = chosen.values().stream().mapToDouble(Candidate::error).sum();
    long bytes = chosen.values().stream().mapToLong(Candidate::bytes).sum();
    assertTrue(error <= limit, "error " + error);
    assertTrue(bytes <= fewest(layers, 0, limit) + 150, "bytes " + bytes);
  }

  private static long fewest(List<Sensitivity> layers, int from, double limit) {
    if (from == layers.size()) {
      return limit < 0 ? Integer.MAX_VALUE : 0;
    }
    return layers.get(from).candidates().stream()
        .mapToLong(c -> c.bytes() + fewest(layers, from + 1, limit - c.error()))
        .min()
        .orElseThrow();
  }

  private static String label(Map<String, Candidate> chosen, String layer) {
    return chosen.entrySet().stream()
        .filter(entry -> entry.getKey().equals(layer))
        .map(entry -> entry.getValue().label())
        .findFirst()
        .orElse("");
  }
}
