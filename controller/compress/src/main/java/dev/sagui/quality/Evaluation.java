/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.tensor.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges a candidate's outputs against a reference's, batch after batch: paired metrics,
 * distribution metrics of the first output, and the null scale of both, from the reference alone
 * (which may stand for the candidate too when only the scale is wanted). Memory is that of two
 * batches and of reservoirs of fixed size; the result is the same for the same samples in the same
 * batches.
 */
public final class Evaluation {
  private final ModelKind kind;
  private final double sampleRate;
  private final Optional<NominalRange> range;
  private final OutputComparison pairs;
  private final OutputComparison unrelated;
  private final Unrelated others = new Unrelated();
  private SetJudge sets = SetJudge.NONE;
  private boolean begun;
  private boolean related;

  /**
   * @param range of the outputs; read off the first batch when empty
   * @param sampleRate of waveforms, hertz
   */
  public Evaluation(ModelKind kind, Optional<NominalRange> range, double sampleRate) {
    this.kind = kind;
    this.sampleRate = sampleRate;
    this.range = range;
    EvaluationOptions options = new EvaluationOptions(Optional.of(kind), sampleRate);
    this.pairs = new OutputComparison(options, range);
    this.unrelated = new OutputComparison(options, range);
  }

  /**
   * @param inputs of both runs
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL when the outputs differ in
   *     number, type or shape, but for a waveform's length
   */
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    pairs.add(inputs, reference, candidate);
    if (reference.isEmpty()) {
      return;
    }
    Values first = Values.of(reference.get(0));
    if (!begun) {
      begun = true;
      sets = sets(first);
    }
    sets.add(first, Values.of(candidate.get(0)));
    others
        .to(reference)
        .filter(other -> isAlike(reference, other))
        .ifPresent(
            other -> {
              related = true;
              unrelated.add(inputs, reference, other);
            });
  }

  private boolean isAlike(List<Tensor> a, List<Tensor> b) {
    return kind == ModelKind.AUDIO
        || a.stream().map(Tensor::shape).toList().equals(b.stream().map(Tensor::shape).toList());
  }

  private SetJudge sets(Values first) {
    NominalRange known = range.orElseGet(() -> NominalRange.of(first.elements()));
    return switch (kind) {
      case IMAGE ->
          ImageLayout.of(first.shape())
              .map(layout -> (SetJudge) new ImageSets(layout, known))
              .orElse(SetJudge.NONE);
      case VECTOR -> new VectorSets();
      case AUDIO -> new AudioSets(Waves.of(known), sampleRate);
      case LANGUAGE -> SetJudge.NONE;
    };
  }

  /**
   * @param data what the samples were, for the report
   */
  public Quality result(int samples, String data) {
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    Map<Metric, Double> scale = new EnumMap<>(Metric.class);
    if (related) {
      scale.putAll(unrelated.metrics());
    }
    sets.into(metrics, scale);
    scale.keySet().remove(Metric.PERPLEXITY_REFERENCE);
    scale.values().removeIf(value -> value.isNaN());
    return pairs.result(samples, data).with(metrics, new NullScale(scale));
  }
}
