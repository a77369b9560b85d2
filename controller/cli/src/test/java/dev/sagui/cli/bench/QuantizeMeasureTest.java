/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuantizeMeasureTest {
  @Test
  void readsALineByTheLikeliestClassesWithoutRepeatsAndBlanks() {
    Tensor output = steps(2, 2, 0, 2, 1, 1, 0);
    assertEquals(List.of(2, 2, 1), QuantizeShares.line(output));
  }

  @Test
  void countsTheLinesThatAreReadTheSame() {
    QuantizeShares lines = QuantizeShares.lines();
    add(lines, steps(1, 1, 0, 2), steps(1, 0, 0, 2));
    add(lines, steps(1, 0, 1, 2), steps(1, 1, 1, 2));
    assertEquals("lines 0.500", lines.own().text());
  }

  @Test
  void countsEqualLabels() {
    QuantizeShares labels = QuantizeShares.labels();
    add(labels, Tensor.of("y", new float[] {0.9f, 0.1f}, 1, 2), row(0.6f, 0.4f));
    add(labels, row(0.2f, 0.8f), row(0.3f, 0.7f));
    add(labels, row(0.2f, 0.8f), row(0.7f, 0.3f));
    assertEquals("labels 0.667", labels.own().text());
  }

  @Test
  void dividesTheMapsIntersectionByTheirUnion() {
    float[] a = {0.9f, 0.9f, 0.1f, 0.1f};
    float[] b = {0.9f, 0.2f, 0.8f, 0.1f};
    assertEquals(1.0 / 3, QuantizeShares.overlap(a, b), 1e-12);
    assertEquals(1, QuantizeShares.overlap(new float[4], new float[4]));
  }

  @Test
  void comparesMeansOverTheTokens() {
    QuantizeCosines cosines = new QuantizeCosines();
    Tensor a = Tensor.of("h", new float[] {2, 0, 0, 0}, 1, 2, 2); // mean (1, 0)
    Tensor b = Tensor.of("h", new float[] {0, 0, 1, 1}, 1, 2, 2); // mean (0.5, 0.5)
    add(cosines, a, a);
    add(cosines, a, b);
    assertEquals("cos 0.8536 p1 0.7100", cosines.own().text());
  }

  @Test
  void findsAPercentileBetweenNeighbours() {
    double[] values = new double[201];
    for (int i = 0; i < values.length; i++) {
      values[i] = 200 - i;
    }
    assertEquals(2, QuantizeCosines.percentile(values, 1), 1e-12);
    assertEquals(100, QuantizeCosines.percentile(values, 50), 1e-12);
    assertEquals(0.5, QuantizeCosines.percentile(new double[] {0, 1}, 50), 1e-12);
  }

  @Test
  void namesTheOwnNumberInItsTarget() {
    QuantizeOwn p1 = QuantizeOwn.highest("p1", 0.99, "cos 0.9950 p1 0.9900");
    assertEquals("p1 ≥ 0.993, **missed**", p1.goal(0.993).verdict());
    assertEquals("mel ≤ 0.15, met", new QuantizeOwn("mel", 0.1, "", true).goal(0.15).verdict());
  }

  private static void add(QuantizeMeasure measure, Tensor reference, Tensor candidate) {
    measure.add(List.of(), List.of(reference), List.of(candidate));
  }

  private static Tensor row(float... values) {
    return Tensor.of("y", values, 1, values.length);
  }

  /** Outputs [1, T, 3] of which each step's class is the likeliest. */
  private static Tensor steps(int... classes) {
    float[] values = new float[3 * classes.length];
    for (int i = 0; i < classes.length; i++) {
      values[3 * i + classes[i]] = 1;
    }
    return Tensor.of("y", values, 1, classes.length, 3);
  }
}
