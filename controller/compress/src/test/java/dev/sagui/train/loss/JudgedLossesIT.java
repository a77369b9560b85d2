/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import static dev.sagui.quality.Signals.disturbed;
import static dev.sagui.quality.Signals.picture;
import static dev.sagui.quality.Signals.speech;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.quality.audio.LogMel;
import dev.sagui.quality.audio.MultiResolutionStft;
import dev.sagui.quality.image.MsSsim;
import dev.sagui.quality.image.RandomFeatures;
import dev.sagui.quality.image.Ssim;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is trained is what is judged. */
class JudgedLossesIT {
  private static final int PLANES = 6;

  @TempDir Path folder;

  private static Loss loss(String name) {
    return (emit, pair) -> LossTerms.parse(Map.of(name, 1)).add(emit, pair).getOrDefault(name, "");
  }

  private static float[] planes(float[][] planes) {
    int size = planes[0].length;
    float[] all = new float[planes.length * size];
    for (int i = 0; i < planes.length; i++) {
      System.arraycopy(planes[i], 0, all, i * size, size);
    }
    return all;
  }

  private static float[][] pictures(int height, int width, float peak) {
    float[][] planes = new float[PLANES][];
    for (int i = 0; i < PLANES; i++) {
      planes[i] = disturbed(picture(i + 1, height, width), peak, 0, 1);
    }
    return planes;
  }

  private static float[][] worse(float[][] planes, float peak) {
    float[][] worse = new float[planes.length][];
    for (int i = 0; i < planes.length; i++) {
      worse[i] = disturbed(planes[i], 0.9f, 0.1f * (i + 1) * peak, 7 + i);
    }
    return worse;
  }

  @ParameterizedTest
  @CsvSource({
    "ssim, 28, 28, 1", "ssim, 20, 33, 2", "ssim, 8, 8, 1", "ssim, 64, 48, 255",
    "ms-ssim, 28, 28, 1", "ms-ssim, 45, 50, 2", "ms-ssim, 8, 8, 1", "ms-ssim, 96, 90, 255"
  })
  void similarityIsTheJudges(String name, int height, int width, float peak) throws Exception {
    float[][] a = pictures(height, width, peak);
    float[][] b = worse(a, peak);
    double expected = 0;
    for (int i = 0; i < PLANES; i++) {
      MsSsim judged = MsSsim.of(a[i], b[i], height, width, peak);
      expected += (1 - (name.equals("ssim") ? judged.ssim() : judged.value())) / PLANES;
    }
    Tensor target = Tensor.of("t", planes(a), 2, 3, height, width);
    Tensor output = Tensor.of("x", planes(b), 2, 3, height, width);
    LossRun run = new LossRun(folder, List.of(output, target), loss(name), peak);
    assertEquals(expected, run.value(), 1e-4);
    run.check(0, 2e-3 * peak);
  }

  @Test
  void channelsMayComeLast() throws Exception {
    float[][] a = pictures(20, 16, 1);
    float[][] b = worse(a, 1);
    double expected = 0;
    for (int i = 0; i < 3; i++) {
      expected += (1 - Ssim.of(a[i], b[i], 20, 16, 1).mean()) / 3;
    }
    LossRun run = new LossRun(folder, List.of(last("x", b), last("t", a)), loss("ssim"), 1);
    assertEquals(expected, run.value(), 1e-4);
    run.check(0, 2e-3);
  }

  private static Tensor last(String name, float[][] planes) {
    float[] values = new float[3 * planes[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = planes[i % 3][i / 3];
    }
    return Tensor.of(name, values, 1, 20, 16, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssim", "ms-ssim", "perceptual"})
  void equalPicturesHaveNoLossAndFiniteGradients(String name) throws Exception {
    Tensor x = Tensor.of("x", planes(pictures(32, 32, 1)), 2, 3, 32, 32);
    LossRun run = new LossRun(folder, List.of(x, x.named("t")), loss(name), 1);
    assertEquals(0, run.value(), 1e-5);
    for (float slope : run.gradient(0)) {
      assertEquals(0, slope, 1e-4);
    }
  }

  @Test
  void perceptualFeaturesAreThoseOfTheJudgesNetwork() throws Exception {
    float[][] planes = pictures(28, 28, 1);
    float[] centred = new float[28 * 28];
    Arrays.fill(centred, 0.5f); // the middle of 0..1: its features are all zero
    Tensor output = Tensor.of("x", planes[0], 1, 1, 28, 28);
    Tensor target = Tensor.of("t", centred, 1, 1, 28, 28);
    LossRun run = new LossRun(folder, List.of(output, target), loss("perceptual"), 1);
    float[] scaled = new float[planes[0].length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = 2 * planes[0][i] - 1;
    }
    RandomFeatures features = new RandomFeatures(1, Perceptual.USUAL_SEED);
    double expected = PlainMaps.meanMagnitude(features, scaled, 28, 28);
    assertEquals(expected, run.value(), 1e-4 * expected);
    run.check(0, 2e-3);
  }

  /** Speech with more noise than the spectra's floors hide. */
  private static float[] voice(long seed, int samples) {
    return disturbed(speech(seed, samples), 1, 0.05f, seed + 10);
  }

  @ParameterizedTest
  @CsvSource({"6000, 22050", "6001, 16000", "300, 22050", "700, 8000", "2, 22050"})
  void logMelIsTheJudges(int samples, int rate) throws Exception {
    float[][] a = {voice(1, samples), voice(2, samples)};
    float[][] b = {disturbed(a[0], 0.9f, 0.01f, 7), disturbed(a[1], 1.2f, 0.02f, 8)};
    LogMel judge = new LogMel(rate);
    double expected = 0;
    for (int i = 0; i < 2; i++) {
      expected += LogMel.distance(judge.of(a[i]), judge.of(b[i])) / 2;
    }
    Loss loss = (emit, pair) -> AudioLosses.logMel(rate).add(emit, pair);
    LossRun run =
        new LossRun(
            folder,
            List.of(Tensor.of("x", planes(b), 2, samples), Tensor.of("t", planes(a), 2, samples)),
            loss,
            2);
    assertEquals(expected, run.value(), 2e-4 * expected);
    if (samples > 2) {
      run.check(0, 1e-5, 0.05);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6000, 1025, 700, 2})
  void stftLossIsTheJudges(int samples) throws Exception {
    float[][] a = {voice(1, samples), voice(2, samples)};
    float[][] b = {disturbed(a[0], 0.9f, 0.01f, 7), disturbed(a[1], 1.2f, 0.02f, 8)};
    double expected = 0;
    for (int i = 0; i < 2; i++) {
      expected += new MultiResolutionStft().between(a[i], b[i]) / 2;
    }
    LossRun run =
        new LossRun(
            folder,
            List.of(
                Tensor.of("x", planes(b), 2, 1, samples), Tensor.of("t", planes(a), 2, 1, samples)),
            loss("mr-stft"),
            2);
    assertEquals(expected, run.value(), 2e-4 * expected);
    if (samples > 2) {
      run.check(0, 2e-7, 0.1); // logarithms of bins near zero are far from linear
    }
  }

  @Test
  void wavesOfSixteenBitsAreBroughtToOne() throws Exception {
    float[] a = speech(1, 3000);
    float[] b = disturbed(a, 0.9f, 0.01f, 7);
    LossRun run =
        new LossRun(
            folder,
            List.of(
                Tensor.of("x", disturbed(b, 32768, 0, 1), 1, 3000),
                Tensor.of("t", disturbed(a, 32768, 0, 1), 1, 3000)),
            loss("mr-stft"),
            65536);
    assertEquals(new MultiResolutionStft().between(a, b), run.value(), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"log-mel", "mr-stft"})
  void equalWavesHaveNoLossAndFiniteGradients(String name) throws Exception {
    Tensor x = Tensor.of("x", speech(1, 3000), 1, 3000);
    LossRun run = new LossRun(folder, List.of(x, x.named("t")), loss(name), 2);
    assertEquals(0, run.value(), 1e-5);
    for (float slope : run.gradient(0)) {
      assertTrue(Float.isFinite(slope));
    }
  }
}
