/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import static dev.sagui.quality.Signals.disturbed;
import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.noise;
import static dev.sagui.quality.Signals.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden values: numpy and librosa, by {@code src/test/python/quality_golden.py}. */
class AudioDistancesTest {
  private static final float[] WAVE = speech(1, 12_000);
  private static final float[] OTHER = disturbed(WAVE, 0.9f, 0.01f, 7);

  @Test
  void logMelAgreesWithLibrosa() {
    LogMel mel = new LogMel(22_050);
    double[][] a = mel.of(WAVE);
    assertEquals(golden("log_mel_first"), a[0][0], 1e-4);
    assertEquals(golden("log_mel_last"), a[a.length - 1][79], 1e-4);
    assertEquals(golden("log_mel_l1"), LogMel.distance(a, mel.of(OTHER)), 1e-4);
  }

  @Test
  void otherRatesHaveOtherBands() {
    double sum = 0;
    double[][] frames = new LogMel(16_000).of(WAVE);
    for (double[] frame : frames) {
      for (double band : frame) {
        sum += band / frames.length / 80;
      }
    }
    assertEquals(golden("log_mel_16000_mean"), sum, 1e-4);
    new LogMel(8_000).of(WAVE);
  }

  @Test
  void stftLossAgreesWithNumpy() {
    assertEquals(golden("mr_stft"), new MultiResolutionStft().between(WAVE, OTHER), 1e-4);
  }

  @Test
  void melScaleIsItsOwnInverse() {
    assertEquals(15, MelFilterBank.mel(1000), 1e-12);
    assertEquals(42, MelFilterBank.mel(6400), 1e-9);
    for (double hertz : new double[] {0, 150, 999, 1001, 8000}) {
      assertEquals(hertz, MelFilterBank.hertz(MelFilterBank.mel(hertz)), 1e-9 * (1 + hertz));
    }
  }

  @Test
  void sinePowerIsInItsBin() {
    float[] wave = new float[1024];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = (float) Math.sin(2 * Math.PI * 100 * i / 1024);
    }
    double[] power = new double[513];
    Stft stft = new Stft(1024, 256, 1024, 0);
    stft.power(wave, 0, power);
    assertEquals(256 * 256, power[100], 1);
    assertEquals(128 * 128, power[99], 1);
    assertEquals(0, power[104], 1e-3);
    assertEquals(1, stft.frames(1024));
  }

  @Test
  void constantScaleIsItsLogarithm() {
    float[] loud = noise(3, 9000);
    double[][] a = new LogMel(22_050).of(loud);
    double[][] b = new LogMel(22_050).of(disturbed(loud, 0.5f, 0, 1));
    assertEquals(Math.log(2), LogMel.distance(a, b), 1e-3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 384, 385, 700, 1024, 5000})
  void wavesOfAnyLengthAreAlikeToThemselves(int length) {
    float[] wave = speech(2, length);
    LogMel mel = new LogMel(22_050);
    assertEquals(0, LogMel.distance(mel.of(wave), mel.of(wave)));
    assertEquals(0, new MultiResolutionStft().between(wave, wave));
    new Pauses().add(wave, wave);
  }

  @Test
  void bothDistancesGrowWithNoise() {
    LogMel mel = new LogMel(22_050);
    double lastMel = 0;
    double lastStft = 0;
    for (float spread : new float[] {0.001f, 0.01f, 0.1f, 1}) {
      float[] noisy = disturbed(WAVE, 1, spread, 5);
      double nextMel = LogMel.distance(mel.of(WAVE), mel.of(noisy));
      double nextStft = new MultiResolutionStft().between(WAVE, noisy);
      assertTrue(nextMel > lastMel && nextStft > lastStft);
      lastMel = nextMel;
      lastStft = nextStft;
    }
  }

  @Test
  void hissInPausesIsItsPowerAndFlat() {
    float[] hiss = centred(noise(9, 12_000), 0.01f);
    float[] noisy = WAVE.clone();
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] += hiss[i];
    }
    Pauses pauses = new Pauses();
    pauses.add(WAVE, noisy);
    assertTrue(pauses.found());
    // uniform noise has a twelfth of its squared spread as power
    double expected = 10 * Math.log10((0.01 * 0.01 + 1e-8) / 12 / (1e-8 / 12 + 1e-10));
    assertEquals(expected, pauses.levelDb(), 1.5);
    assertTrue(pauses.flatness() > -0.2, "flatness " + pauses.flatness());
  }

  @Test
  void buzzInPausesIsNotFlat() {
    float[] buzzing = WAVE.clone();
    for (int i = 0; i < buzzing.length; i++) {
      buzzing[i] += (float) (0.005 * Math.sin(0.5 * i));
    }
    Pauses pauses = new Pauses();
    pauses.add(WAVE, buzzing);
    assertTrue(pauses.levelDb() > 20);
    assertTrue(pauses.flatness() < -0.3, "flatness " + pauses.flatness());
  }

  @Test
  void otherTimingIsNoHiss() {
    float[] later = java.util.Arrays.copyOfRange(WAVE, 1500, 12_000);
    Pauses pauses = new Pauses();
    pauses.add(WAVE, later);
    assertEquals(0, pauses.levelDb(), 6);
    assertEquals(0, pauses.flatness(), 0.2);
  }

  @Test
  void equalPausesAreAtZeroAndNoiseHasNone() {
    Pauses pauses = new Pauses();
    pauses.add(WAVE, WAVE);
    assertEquals(0, pauses.levelDb());
    assertEquals(0, pauses.flatness());
    Pauses none = new Pauses();
    none.add(noise(1, 9000), noise(2, 9000));
    assertFalse(none.found());
  }

  private static float[] centred(float[] noise, float spread) {
    float[] centred = new float[noise.length];
    for (int i = 0; i < noise.length; i++) {
      centred[i] = spread * (noise[i] - 0.5f);
    }
    return centred;
  }
}
