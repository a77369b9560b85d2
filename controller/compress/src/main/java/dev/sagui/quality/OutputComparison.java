/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds up the differences of two models' outputs for the same inputs, batch after batch; memory of
 * one batch.
 */
public final class OutputComparison {
  private final double sampleRate;
  private Optional<ModelKind> kind;
  private Optional<NominalRange> range;
  private PairedJudge judge = PairedJudge.NONE;
  private boolean begun;
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
    this(EvaluationOptions.DEFAULT, range);
  }

  /**
   * @param options of them, an empty kind is an image or a vector by the first output's shape
   * @param range of the outputs; read off the first batch when empty
   */
  public OutputComparison(EvaluationOptions options, Optional<NominalRange> range) {
    this.kind = options.kind();
    this.sampleRate = options.sampleRate();
    this.range = range;
  }

  /**
   * @throws RejectedException UNSUPPORTED_MODEL when the outputs differ in number, type or shape
   */
  public void add(List<Tensor> reference, List<Tensor> candidate) {
    add(List.of(), reference, candidate);
  }

  /**
   * @param inputs of both runs, which language models are judged with
   * @throws RejectedException UNSUPPORTED_MODEL when the outputs differ in number, type or shape,
   *     but for a waveform's length
   */
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    if (reference.size() != candidate.size()) {
      throw different("%d outputs".formatted(reference.size()), "" + candidate.size());
    }
    for (int i = 0; i < reference.size(); i++) {
      check(reference.get(i), candidate.get(i));
      boolean alike = reference.get(i).shape().equals(candidate.get(i).shape());
      identical &= alike && reference.get(i).data().equals(candidate.get(i).data());
      if (i == 0) {
        addFirst(inputs, Values.of(reference.get(0)), Values.of(candidate.get(0)));
      } else if (alike) {
        accumulate(Numbers.of(reference.get(i)), Numbers.of(candidate.get(i)));
      }
    }
  }

  private void check(Tensor reference, Tensor candidate) {
    boolean alike =
        kind.equals(Optional.of(ModelKind.AUDIO))
            ? reference.shape().size() == candidate.shape().size()
            : reference.shape().equals(candidate.shape());
    if (!alike || reference.type() != candidate.type()) {
      throw different(
          "output '%s' %s %s".formatted(reference.name(), reference.type(), reference.shape()),
          "%s %s".formatted(candidate.type(), candidate.shape()));
    }
  }

  private void addFirst(List<Tensor> inputs, Values reference, Values candidate) {
    if (!begun) {
      begin(reference);
    }
    if (reference.elements().length == candidate.elements().length) {
      accumulate(reference.elements(), candidate.elements());
    } else {
      int common = Math.min(Waves.length(reference.shape()), Waves.length(candidate.shape()));
      Waves waves = new Waves(1);
      for (int i = 0; i < Waves.count(reference); i++) {
        accumulate(waves.wave(reference, i, common), waves.wave(candidate, i, common));
      }
    }
    judge.add(inputs, reference, candidate);
  }

  private void begin(Values reference) {
    begun = true;
    NominalRange known = range.orElseGet(() -> NominalRange.of(reference.elements()));
    range = Optional.of(known);
    ModelKind decided =
        kind.orElse(ModelKind.isImage(reference.shape()) ? ModelKind.IMAGE : ModelKind.VECTOR);
    kind = Optional.of(decided);
    judge =
        switch (decided) {
          case IMAGE -> new ImagePairs(known.peak());
          case AUDIO -> new AudioPairs(Waves.of(known), sampleRate);
          case LANGUAGE -> new TokenPairs();
          case VECTOR -> PairedJudge.NONE;
        };
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

  /**
   * @param data what the samples were, for the report
   */
  public Quality result(int samples, String data) {
    double peak = range.map(NominalRange::peak).orElse(1.0);
    return new Quality(
        kind.orElse(ModelKind.VECTOR),
        identical,
        metrics(),
        largestError,
        peak,
        samples,
        data,
        NullScale.NONE);
  }

  Map<Metric, Double> metrics() {
    double peak = range.map(NominalRange::peak).orElse(1.0);
    double meanError = errorPower / Math.max(1, elements);
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.PSNR_DB, decibel(peak * peak / meanError));
    metrics.put(Metric.SQNR_DB, decibel(referencePower / errorPower));
    metrics.put(
        Metric.COSINE, identical ? 1 : product / Math.sqrt(referencePower * candidatePower));
    judge.into(metrics);
    return metrics;
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
