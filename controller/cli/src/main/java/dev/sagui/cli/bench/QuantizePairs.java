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

/** One metric of {@code sagui compare} as a model's own number. */
final class QuantizePairs implements QuantizeMeasure {
  private final Metric metric;
  private final String name;
  private final ModelKind kind;
  private final OutputComparison comparison;

  private QuantizePairs(Metric metric, String name, ModelKind kind, Optional<NominalRange> range) {
    this.metric = metric;
    this.name = name;
    this.kind = kind;
    EvaluationOptions options =
        new EvaluationOptions(Optional.of(kind), EvaluationOptions.DEFAULT.sampleRate());
    this.comparison = new OutputComparison(options, range);
  }

  /** Of pictures, dB. */
  static QuantizePairs psnr() {
    return new QuantizePairs(Metric.PSNR_DB, "PSNR", ModelKind.VECTOR, Optional.empty());
  }

  /** Of pictures, dB to the span of a range. */
  static QuantizePairs psnr(NominalRange range) {
    return new QuantizePairs(Metric.PSNR_DB, "PSNR", ModelKind.VECTOR, Optional.of(range));
  }

  /**
   * Log-mel distance of waveforms, nepers, timing left out: one duration shifts all that follows.
   */
  static QuantizePairs mel() {
    return new QuantizePairs(Metric.LOG_MEL_DTW, "mel", ModelKind.AUDIO, Optional.empty());
  }

  @Override
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    comparison.add(inputs, reference, candidate);
  }

  @Override
  public ModelKind kind() {
    return kind;
  }

  @Override
  public QuantizeOwn own() {
    double value = comparison.result(1, "").metric(metric).orElse(Double.NaN);
    boolean lowest = metric.best() == Metric.Best.LOWEST;
    String text = String.format(Locale.ROOT, lowest ? "%s %.2f" : "%s %.1f", name, value);
    return new QuantizeOwn(name, value, text, lowest);
  }
}
