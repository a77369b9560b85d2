/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.prune.weights.SharePlan.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharePlanTest {
  private static final Map<String, Integer> SIZES = Map.of("robust", 1000, "tender", 500);

  private static final Map<String, List<Point>> CURVES =
      Map.of(
          "robust", List.of(new Point(0.1, 2), new Point(0.5, 1), new Point(1, 0)),
          "tender", List.of(new Point(0.1, 9), new Point(0.5, 3), new Point(1, 0)));

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.5, 0.8, 0.9})
  void layersTogetherLoseTheShare(double ratio) {
    Map<String, Double> shares = SharePlan.of(CURVES, SIZES, ratio);
    double zeros = 1000 * shares.get("robust") + 500 * shares.get("tender");
    assertEquals(1500 * ratio, zeros, 1e-6);
  }

  @Test
  void whatHurtsOutputsMostStaysLongest() {
    Map<String, Double> shares = SharePlan.of(CURVES, SIZES, 0.5);
    assertTrue(shares.get("tender") < shares.get("robust"), shares.toString());
  }

  @Test
  void aPointThatIsWorseByChanceIsPassedOver() {
    List<Point> odd =
        List.of(new Point(0.1, 2), new Point(0.3, 2.5), new Point(0.5, 1), new Point(1, 0));
    Map<String, List<Point>> curves = Map.of("robust", odd, "tender", CURVES.get("tender"));
    assertEquals(SharePlan.of(CURVES, SIZES, 0.6), SharePlan.of(curves, SIZES, 0.6));
  }
}
