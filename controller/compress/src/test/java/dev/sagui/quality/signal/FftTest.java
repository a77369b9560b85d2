/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.quality.Signals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FftTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 28, 64, 97, 100, 240, 1024})
  void agreesWithTheSum(int size) {
    double[] re = doubles(Signals.noise(size, size));
    double[] im = doubles(Signals.noise(size + 1, size));
    double[][] expected = naive(re, im);
    new Fft(size).transform(re, im);
    for (int k = 0; k < size; k++) {
      assertEquals(expected[0][k], re[k], 1e-9 * size);
      assertEquals(expected[1][k], im[k], 1e-9 * size);
    }
  }

  @Test
  void energyIsKept() {
    double[] re = doubles(Signals.noise(1, 1000));
    double before = java.util.Arrays.stream(re).map(x -> x * x).sum();
    double[] im = new double[1000];
    new Fft(1000).transform(re, im);
    double after = 0;
    for (int k = 0; k < 1000; k++) {
      after += (re[k] * re[k] + im[k] * im[k]) / 1000;
    }
    assertEquals(before, after, 1e-9 * before);
  }

  @Test
  void noLengthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Fft(0));
  }

  private static double[][] naive(double[] re, double[] im) {
    int n = re.length;
    double[][] out = new double[2][n];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        double angle = -2 * Math.PI * k * i / n;
        out[0][k] += re[i] * Math.cos(angle) - im[i] * Math.sin(angle);
        out[1][k] += re[i] * Math.sin(angle) + im[i] * Math.cos(angle);
      }
    }
    return out;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
