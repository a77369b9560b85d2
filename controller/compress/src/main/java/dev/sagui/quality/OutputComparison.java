/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Adds up the differences of two models' outputs, batch after batch; memory of one batch. */
public final class OutputComparison {
  private Optional<NominalRange> range;
  private Optional<Ssim> ssim = Optional.empty();
  private boolean identical = true;
  private double errorPower;
  private double referencePower;
  private double candidatePower;
  private double product;
  private double largestError;
  private long elements;

  /**
   * @param range of the outputs; read off the first batch when empty
   */
  public OutputComparison(Optional<NominalRange> range) {
    this.range = range;
  }

  /**
   * @throws RejectedException UNSUPPORTED_MODEL when the outputs differ in number, type or shape
   */
  public void add(List<Tensor> reference, List<Tensor> candidate) {
    if (reference.size() != candidate.size()) {
      throw different("%d outputs".formatted(reference.size()), "" + candidate.size());
    }
    for (int i = 0; i < reference.size(); i++) {
      add(reference.get(i), candidate.get(i), i == 0);
    }
  }

  private void add(Tensor reference, Tensor candidate, boolean first) {
    if (!reference.shape().equals(candidate.shape()) || reference.type() != candidate.type()) {
      throw different(
          "output '%s' %s %s".formatted(reference.name(), reference.type(), reference.shape()),
          "%s %s".formatted(candidate.type(), candidate.shape()));
    }
    identical &= reference.data().equals(candidate.data());
    float[] a = Numbers.of(reference);
    float[] b = Numbers.of(candidate);
    NominalRange known = range.orElseGet(() -> seen(a));
    range = Optional.of(known);
    accumulate(a, b);
    if (first) {
      similarity(reference.shape(), a, b, known.peak());
    }
  }

  private void accumulate(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      double error = (double) a[i] - b[i];
      errorPower += error * error;
      referencePower += (double) a[i] * a[i];
      candidatePower += (double) b[i] * b[i];
      product += (double) a[i] * b[i];
      largestError = Math.max(largestError, Math.abs(error));
    }
    elements += a.length;
  }

  private void similarity(List<Long> shape, float[] a, float[] b, double peak) {
    ImageLayout.of(shape)
        .ifPresent(
            layout -> {
              Ssim sum = ssim.orElseGet(() -> new Ssim(peak));
              ssim = Optional.of(sum);
              layout.forEachPlane(
                  (from, step) -> sum.add(a, b, from, layout.height(), layout.width(), step));
            });
  }

  private static NominalRange seen(float[] values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return NominalRange.byValues(low, high);
  }

  /**
   * @param data what the samples were, for the report
   */
  public Quality result(int samples, String data) {
    double peak = range.map(NominalRange::peak).orElse(1.0);
    double meanError = errorPower / Math.max(1, elements);
    return new Quality(
        identical,
        decibel(peak * peak / meanError),
        decibel(referencePower / errorPower),
        ssim.map(s -> OptionalDouble.of(s.mean())).orElseGet(OptionalDouble::empty),
        identical ? 1 : product / Math.sqrt(referencePower * candidatePower),
        largestError,
        peak,
        samples,
        data);
  }

  private double decibel(double ratio) {
    return identical ? Double.POSITIVE_INFINITY : 10 * Math.log10(ratio);
  }

  private static RejectedException different(String expected, String found) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "the two models cannot be compared: expected %s as in the first, found %s in the second"
            .formatted(expected, found));
  }
}
