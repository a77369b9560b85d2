/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.Metric;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.NominalRange;
import dev.sagui.quality.OutputComparison;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** PSNR of {@code sagui compare} as pictures' own number, dB. */
final class QuantizePairs implements QuantizeMeasure {
  private static final EvaluationOptions OPTIONS =
      new EvaluationOptions(Optional.of(ModelKind.VECTOR), EvaluationOptions.DEFAULT.sampleRate());

  private final OutputComparison comparison;

  private QuantizePairs(Optional<NominalRange> range) {
    this.comparison = new OutputComparison(OPTIONS, range);
  }

  static QuantizePairs psnr() {
    return new QuantizePairs(Optional.empty());
  }

  /** To the span of a range. */
  static QuantizePairs psnr(NominalRange range) {
    return new QuantizePairs(Optional.of(range));
  }

  @Override
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    comparison.add(inputs, reference, candidate);
  }

  @Override
  public QuantizeOwn own() {
    double value = comparison.result(1, "").metric(Metric.PSNR_DB).orElse(Double.NaN);
    return QuantizeOwn.highest("PSNR", value, String.format(Locale.ROOT, "PSNR %.1f", value));
  }
}
