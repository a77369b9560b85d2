/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputErrorTest {
  private static final int HOP = 256;

  private final OutputError samples = new OutputError(ModelKind.VECTOR);
  private final OutputError sound = new OutputError(ModelKind.AUDIO);

  @Test
  void samplesAreJudgedByTheirPower() {
    samples.add(vector(3, 4), vector(3.3f, 4.4f));
    assertEquals(0.01, samples.power(), 1e-6);
    assertEquals(20, samples.value(), 1e-4);
    assertEquals(Metric.SQNR_DB, samples.metric());
    assertEquals(0.001, samples.admitted(Tolerance.ofSqnr(30)), 1e-9);
  }

  @Test
  void theSameOutputsHaveNoError() {
    samples.add(vector(1, 2), vector(1, 2));
    sound.add(wave(1, 0, 8192), wave(1, 0, 8192));
    assertEquals(0, samples.power());
    assertEquals(200, samples.value());
    assertEquals(0, sound.value());
  }

  /** The error of all runs is known to be that large before the last is in. */
  @Test
  void errorOfSomeRunsIsTheLeastOfAll() {
    OutputError whole = samples.fresh();
    whole.add(vector(3, 4), vector(3, 4));
    whole.add(vector(6, 8), vector(6, 8));
    samples.add(vector(3, 4), vector(3.3f, 4.4f));
    assertEquals(0.25 / 125, samples.atLeast(whole), 1e-6);
    samples.add(vector(6, 8), vector(6, 8));
    assertEquals(samples.power(), samples.atLeast(whole), 1e-12);
    OutputError waves = sound.fresh();
    waves.add(wave(1, 0, 8192), wave(1, 0, 8192));
    waves.add(wave(1, 0, 8192), wave(1, 0, 8192));
    sound.add(wave(1, 0, 8192), wave(0.5, 0, 8192));
    assertEquals(sound.power() / 4, sound.atLeast(waves), 1e-9);
  }

  @Test
  void aShiftOfPhaseIsNoErrorOfSound() {
    sound.add(wave(1, 0, 16_384), wave(1, Math.PI / 2, 16_384));
    samples.add(wave(1, 0, 16_384), wave(1, Math.PI / 2, 16_384));
    assertTrue(sound.value() < 0.3, () -> "mel " + sound.value());
    assertTrue(samples.value() < 0, () -> "dB " + samples.value());
  }

  @Test
  void soundIsJudgedByItsSpectrum() {
    sound.add(wave(1, 0, 16_384), wave(0.5, 0, 16_384));
    assertTrue(sound.value() > 0.4, () -> "mel " + sound.value());
    assertEquals(sound.value() * sound.value(), sound.power(), 1e-9);
    assertEquals(Metric.LOG_MEL_DTW, sound.metric());
    assertEquals(0.04, sound.admitted(new Tolerance(30, 0.2)), 1e-9);
  }

  @Test
  void wavesOfOtherLengthAreWarpedAndTheLengthCounts() {
    sound.add(wave(1, 0, 64 * HOP), wave(1, 0, 65 * HOP));
    double length = Math.log(65.0 / 64);
    assertTrue(sound.value() > length && sound.value() < length + 0.1, () -> "" + sound.value());
  }

  @Test
  void whatIsNotFiniteIsAsFarAsCanBe() {
    samples.add(vector(1, 2), vector(1, Float.NaN));
    assertEquals(Double.POSITIVE_INFINITY, samples.power());
    float[] broken = new float[8192];
    broken[5000] = Float.NaN;
    sound.add(wave(1, 0, 8192), List.of(Tensor.of("wave", broken, 1, 1, 8192)));
    assertEquals(Double.POSITIVE_INFINITY, sound.power());
  }

  private static List<Tensor> vector(float... values) {
    return List.of(Tensor.of("y", values, 1, values.length));
  }

  private static List<Tensor> wave(double gain, double phase, int length) {
    float[] wave = new float[length];
    for (int i = 0; i < length; i++) {
      wave[i] = (float) (gain * 0.2 * (Math.sin(0.1 * i + phase) + Math.sin(0.37 * i + phase)));
    }
    return List.of(Tensor.of("wave", wave, 1, 1, length));
  }
}
