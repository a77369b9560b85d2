/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosedFormsTest {
  /** Three classes, each a cloud around a place of its own. */
  private static Features clouds(int count, int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[width];
      for (int j = 0; j < width; j++) {
        row[j] = (float) (5 + random.nextGaussian() + (j % 3 == i % 3 ? 1 : 0));
      }
      rows.add(row);
      labels.add(i % 3);
    }
    return new Features(rows, labels);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 60})
  void findsClassesWithFewerOrMoreSamplesThanFeatures(int count) {
    Features learnt = clouds(count, 30, 1);
    Features others = clouds(300, 30, 2);
    assertTrue(others.accuracy(Ridge.fit(learnt, 3)) > 0.85);
    assertTrue(others.accuracy(Logistic.fit(learnt, 3)) > 0.85);
  }

  @Test
  void constantFeaturesDoNoHarm() {
    Features learnt = clouds(30, 6, 3);
    learnt.rows().forEach(row -> row[2] = 7);
    LinearMap map = Ridge.fit(learnt, 3);
    assertEquals(3, map.classes());
    assertTrue(Double.isFinite(map.scores(learnt.rows().get(0))[0]));
  }
}
