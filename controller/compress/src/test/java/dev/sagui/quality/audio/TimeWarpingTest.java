/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.noise;
import static dev.sagui.quality.Signals.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden values: librosa, by {@code src/test/python/quality_golden.py}. */
class TimeWarpingTest {
  @Test
  void agreesWithLibrosa() {
    double[][] a = frames(noise(31, 200));
    assertEquals(golden("dtw"), TimeWarping.distance(a, frames(noise(32, 230))), 1e-6);
    assertEquals(golden("dtw_doubled"), TimeWarping.distance(a, doubled(a, 0.01)), 1e-6);
  }

  @Test
  void repeatedFramesAreNoDifference() {
    double[][] a = frames(noise(31, 200));
    assertEquals(0, TimeWarping.distance(a, a));
    assertEquals(0, TimeWarping.distance(a, doubled(a, 0)));
    assertEquals(0, TimeWarping.distance(doubled(a, 0), a));
  }

  @Test
  void anyTwoLengthsHaveAPath() {
    double[][] one = frames(noise(1, 5));
    for (int frames : new int[] {1, 2, 15, 400}) {
      double[][] other = frames(noise(2, 5 * frames));
      assertTrue(Double.isFinite(TimeWarping.distance(one, other)));
      assertTrue(Double.isFinite(TimeWarping.distance(other, one)));
      assertTrue(Double.isFinite(TimeWarping.distance(frames(noise(3, 300)), other)));
    }
  }

  @Test
  void shiftedSpeechIsNearerThanFrameByFrame() {
    LogMel mel = new LogMel(22_050);
    float[] wave = speech(1, 20_000);
    double[][] a = mel.of(wave);
    double[][] b = mel.of(java.util.Arrays.copyOfRange(wave, 1280, 20_000));
    assertTrue(TimeWarping.distance(a, b) < 0.5 * LogMel.distance(a, b));
  }

  private static double[][] frames(float[] values) {
    double[][] frames = new double[values.length / 5][5];
    for (int i = 0; i < values.length; i++) {
      frames[i / 5][i % 5] = values[i];
    }
    return frames;
  }

  private static double[][] doubled(double[][] frames, double plus) {
    List<double[]> doubled = new ArrayList<>();
    for (int i = 0; i < frames.length; i++) {
      double[] frame = java.util.Arrays.stream(frames[i]).map(x -> x + plus).toArray();
      doubled.add(frame);
      if (i % 2 == 1) {
        doubled.add(frame);
      }
    }
    return doubled.toArray(double[][]::new);
  }
}
