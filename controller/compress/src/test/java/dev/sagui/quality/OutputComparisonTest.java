/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputComparisonTest {
  @Test
  void equalOutputsAreIdenticalAndHaveNoDecibel() {
    float[] values = noise(1, 2 * 16 * 16, 0.5f);
    Quality quality = compare(values, values.clone());
    assertTrue(quality.identical());
    assertEquals(Double.POSITIVE_INFINITY, quality.psnrDb());
    assertEquals(Json.Absent.NULL, quality.json().get("psnr_db"));
    assertEquals(true, quality.json().get("identical"));
    assertEquals(1, quality.ssim().orElseThrow(), 1e-9);
  }

  @Test
  void psnrIsThePeakOverThePooledError() {
    float[] a = new float[512];
    float[] b = new float[512];
    a[0] = 1;
    b[0] = 1;
    java.util.Arrays.fill(b, 1, 512, 0.1f);
    Quality quality = compare(a, b);
    assertEquals(10 * Math.log10(1 / (0.01 * 511 / 512)), quality.psnrDb(), 1e-4);
    assertEquals(10 * Math.log10(1 / (0.01 * 511)), quality.sqnrDb(), 1e-4);
  }

  @Test
  void errorIsPooledOverBatchesAndNotAveragedInDecibel() {
    OutputComparison twice = new OutputComparison(Optional.of(new NominalRange(0, 1)));
    twice.add(images(new float[512]), images(constant(0.1f)));
    twice.add(images(new float[512]), images(constant(0.3f)));
    assertEquals(10 * Math.log10(1 / 0.05), twice.result(4, "").psnrDb(), 1e-4);
  }

  @Test
  void rangeIsReadOffTheReference() {
    assertEquals(1, NominalRange.byValues(0, 0.99).peak());
    assertEquals(2, NominalRange.byValues(-0.97, 0.99).peak());
    assertEquals(255, NominalRange.byValues(-3, 258).peak());
    assertEquals(1000, NominalRange.byValues(-500, 500).peak());
  }

  @Test
  void noiseLowersSimilarity() {
    float[] a = noise(1, 512, 0.5f);
    float[] b = a.clone();
    float[] error = noise(2, 512, 0.2f);
    for (int i = 0; i < b.length; i++) {
      b[i] += error[i];
    }
    Quality quality = compare(a, b);
    assertTrue(quality.ssim().orElseThrow() < 0.9);
    assertTrue(quality.cosine() < 0.99);
  }

  @Test
  void halfPrecisionOutputsAreMeasuredToo() {
    OutputComparison comparison = new OutputComparison(Optional.of(new NominalRange(0, 1)));
    comparison.add(List.of(half(1f, 0.5f)), List.of(half(1f, 0.25f)));
    Quality quality = comparison.result(1, "");
    assertEquals(10 * Math.log10(1 / (0.0625 / 2)), quality.psnrDb(), 1e-6);
  }

  private static Tensor half(float... values) {
    java.nio.ByteBuffer data =
        java.nio.ByteBuffer.allocate(2 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putShort(dev.sagui.onnx.Half.of(value));
    }
    return new Tensor(
        "y", dev.sagui.tensor.DataType.FP16, List.of((long) values.length), data.flip());
  }

  @Test
  void otherShapesAreRefused() {
    OutputComparison comparison = new OutputComparison(Optional.empty());
    List<Tensor> two = List.of(Tensor.of("y", new float[4], 2, 2));
    List<Tensor> one = List.of(Tensor.of("y", new float[4], 1, 4));
    assertThrows(RejectedException.class, () -> comparison.add(two, one));
    assertThrows(RejectedException.class, () -> comparison.add(two, List.of()));
  }

  private static Quality compare(float[] a, float[] b) {
    OutputComparison comparison = new OutputComparison(Optional.of(new NominalRange(0, 1)));
    comparison.add(images(a), images(b));
    return comparison.result(2, "test");
  }

  private static List<Tensor> images(float[] values) {
    return List.of(Tensor.of("y", values, 2, 1, 16, 16));
  }

  private static float[] constant(float value) {
    float[] values = new float[512];
    java.util.Arrays.fill(values, value);
    return values;
  }

  private static float[] noise(long seed, int count, float spread) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.5 + spread * (random.nextDouble() - 0.5));
    }
    return values;
  }
}
