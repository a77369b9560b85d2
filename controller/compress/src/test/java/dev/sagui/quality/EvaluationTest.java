/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Json;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final NominalRange UNIT = new NominalRange(0, 1);

  @Test
  void equalPicturesHaveTheBestOfAllMetrics() {
    Quality quality = pictures(64, plane -> plane);
    assertTrue(quality.identical());
    assertEquals(1, value(quality, Metric.SSIM), 1e-9);
    assertEquals(1, value(quality, Metric.MS_SSIM), 1e-9);
    assertEquals(0, value(quality, Metric.SWD));
    assertEquals(0, value(quality, Metric.KID), 1e-9);
    assertEquals(0, value(quality, Metric.SPECTRUM_DISTANCE));
    assertEquals(1, value(quality, Metric.DIVERSITY_RATIO), 1e-9);
    assertEquals(Json.Absent.NULL, quality.json().get("psnr_db"));
  }

  @Test
  void nullScaleIsOfTheReferenceAlone() {
    Quality a = pictures(64, plane -> plane);
    Quality b = pictures(64, plane -> Signals.disturbed(plane, 1, 0.1f, 3));
    assertEquals(a.nullScale(), b.nullScale());
    for (Metric metric : a.metrics().keySet()) {
      assertTrue(a.nullScale().of(metric).isPresent(), metric.key());
    }
    assertTrue(a.nullScale().of(Metric.SSIM).orElseThrow() < 0.95);
    assertTrue(a.nullScale().of(Metric.DIVERSITY_RATIO).orElseThrow() < 1);
  }

  @Test
  void slightNoiseIsWithinTheScaleAndOtherPicturesAreNot() {
    Quality slight = pictures(64, plane -> Signals.disturbed(plane, 1, 0.002f, 3));
    assertTrue(value(slight, Metric.SWD) < scale(slight, Metric.SWD));
    assertTrue(value(slight, Metric.PSNR_DB) > scale(slight, Metric.PSNR_DB) + 20);
    Quality dark = pictures(64, plane -> Signals.disturbed(plane, 0.5f, 0, 3));
    assertTrue(value(dark, Metric.SWD) > 3 * scale(dark, Metric.SWD));
    assertTrue(value(dark, Metric.KID) > 3 * scale(dark, Metric.KID));
  }

  @Test
  void checkerboardIsSeenInTheSpectrum() {
    Quality quality =
        pictures(
            64,
            plane -> {
              float[] board = plane.clone();
              for (int i = 0; i < board.length; i++) {
                board[i] += ((i / 28 + i % 28) % 2 - 0.5f) * 0.1f;
              }
              return board;
            });
    assertTrue(
        value(quality, Metric.SPECTRUM_DISTANCE) > 2 * scale(quality, Metric.SPECTRUM_DISTANCE),
        quality.toString());
  }

  @Test
  void collapsedModelHasNoDiversity() {
    float[] one = Signals.picture(1, 28, 28);
    Quality quality = pictures(32, plane -> one);
    assertEquals(0, value(quality, Metric.DIVERSITY_RATIO), 1e-9);
    assertFalse(Metric.DIVERSITY_RATIO.meets(0, scale(quality, Metric.DIVERSITY_RATIO)));
  }

  @Test
  void picturesInADifferentOrderAreTheSameSet() {
    Evaluation evaluation = new Evaluation(ModelKind.IMAGE, Optional.of(UNIT), 22_050);
    Evaluation turned = new Evaluation(ModelKind.IMAGE, Optional.of(UNIT), 22_050);
    for (int i = 0; i < 64; i++) {
      evaluation.add(List.of(), image(i), image(i));
      turned.add(List.of(), image(i), image((i + 1) % 64));
    }
    Quality quality = turned.result(64, "");
    assertTrue(value(quality, Metric.SSIM) < 0.95);
    assertTrue(value(quality, Metric.SWD) < scale(quality, Metric.SWD));
    assertTrue(value(quality, Metric.KID) < scale(quality, Metric.KID));
    assertEquals(0, value(quality, Metric.SPECTRUM_DISTANCE), 1e-9);
    assertEquals(1, value(quality, Metric.DIVERSITY_RATIO), 0.1);
  }

  @Test
  void brokenModelIsMeasuredToo() {
    Quality quality =
        pictures(
            8,
            plane -> {
              float[] broken = plane.clone();
              broken[5] = Float.NaN;
              return broken;
            });
    assertEquals(Json.Absent.NULL, quality.json().get("psnr_db"));
    assertEquals(Json.Absent.NULL, quality.json().get("kid"));
    Json.write(quality.json());
    Json.write(quality.nullScale().json());
  }

  @Test
  void vectorsHaveSetsAndDiversity() {
    Evaluation evaluation = new Evaluation(ModelKind.VECTOR, Optional.empty(), 22_050);
    Random random = new Random(1);
    for (int batch = 0; batch < 20; batch++) {
      float[] values = new float[16 * 10];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      evaluation.add(List.of(), vectors(values), vectors(Signals.disturbed(values, 0.5f, 0, 1)));
    }
    Quality quality = evaluation.result(320, "");
    assertEquals(0.5, value(quality, Metric.DIVERSITY_RATIO), 1e-6);
    assertEquals(10 * Math.log10(4), value(quality, Metric.SQNR_DB), 1e-4);
    assertTrue(value(quality, Metric.SWD) > 2 * scale(quality, Metric.SWD));
  }

  @Test
  void memoryDoesNotGrowWithSamples() {
    Evaluation evaluation = new Evaluation(ModelKind.VECTOR, Optional.empty(), 22_050);
    long before = usedBytes();
    for (int i = 0; i < 6000; i++) {
      float[] values = Signals.noise(i, 4096);
      List<Tensor> a = List.of(Tensor.of("y", values, 1, 4096));
      evaluation.add(List.of(), a, List.of(Tensor.of("y", values, 1, 4096)));
    }
    long grown = usedBytes() - before;
    assertTrue(grown < 60_000_000, "of 200 MB seen, kept " + grown);
    assertTrue(evaluation.result(6000, "").identical());
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void sameSamplesGiveTheSameNumbers() {
    Quality a = pictures(300, plane -> Signals.disturbed(plane, 1, 0.1f, 3));
    Quality b = pictures(300, plane -> Signals.disturbed(plane, 1, 0.1f, 3));
    assertEquals(a, b);
    assertEquals(new String(Json.write(a.json()), UTF_8), new String(Json.write(b.json()), UTF_8));
  }

  @Test
  void oneSampleHasPairedMetricsAlone() {
    Quality quality = pictures(1, plane -> Signals.disturbed(plane, 1, 0.1f, 3));
    assertTrue(quality.ssim().isPresent());
    assertTrue(quality.metric(Metric.KID).isEmpty());
    assertEquals(NullScale.NONE, quality.nullScale());
  }

  private static double value(Quality quality, Metric metric) {
    return quality.metric(metric).orElseThrow();
  }

  private static double scale(Quality quality, Metric metric) {
    return quality.nullScale().of(metric).orElseThrow();
  }

  private static Quality pictures(int count, UnaryOperator<float[]> candidate) {
    Evaluation evaluation = new Evaluation(ModelKind.IMAGE, Optional.of(UNIT), 22_050);
    for (int i = 0; i < count; i++) {
      float[] plane = plane(i);
      evaluation.add(
          List.of(), image(i), List.of(Tensor.of("y", candidate.apply(plane), 1, 1, 28, 28)));
    }
    return evaluation.result(count, "test");
  }

  private static float[] plane(int index) {
    return Signals.picture(1 + index % 9 + index, 28, 28);
  }

  private static List<Tensor> image(int index) {
    return List.of(Tensor.of("y", plane(index), 1, 1, 28, 28));
  }

  private static List<Tensor> vectors(float[] values) {
    return List.of(Tensor.of("y", values, 16, 10));
  }
}
