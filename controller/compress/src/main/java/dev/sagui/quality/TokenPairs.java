/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.language.TokenDistributions;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Divergence, agreement and perplexity of logits [N, T, V], or [N, V], for token ids [N, T]: the
 * token after position t is the id at t + 1. Without ids of that shape there is no perplexity.
 */
final class TokenPairs implements PairedJudge {
  private final TokenDistributions distributions = new TokenDistributions();

  @Override
  public void add(List<Tensor> inputs, Values reference, Values candidate) {
    List<Long> shape = reference.shape();
    if (shape.size() < 2) {
      return;
    }
    int vocabulary = Math.toIntExact(shape.get(shape.size() - 1));
    int steps = shape.size() == 2 ? 1 : Math.toIntExact(shape.get(shape.size() - 2));
    Optional<float[]> ids = ids(inputs, shape);
    for (int from = 0; from < reference.elements().length; from += vocabulary) {
      int position = from / vocabulary;
      boolean last = position % steps == steps - 1;
      long next = last ? -1 : ids.map(tokens -> (long) tokens[position + 1]).orElse(-1L);
      distributions.add(reference.elements(), candidate.elements(), from, vocabulary, next);
    }
  }

  /** Ids are below 2²⁴, which floats hold exactly. */
  static Optional<float[]> ids(List<Tensor> inputs, List<Long> logits) {
    List<Long> positions = logits.subList(0, logits.size() - 1);
    return inputs.stream()
        .filter(input -> input.type() == DataType.INT64 || input.type() == DataType.INT32)
        .filter(input -> input.shape().equals(positions))
        .min(Comparator.comparing(input -> rank(input.name())))
        .map(Numbers::of);
  }

  /** Masks, positions and segments have the shape of the ids too. */
  private static int rank(String name) {
    return name.endsWith("input_ids") ? 0 : name.matches(".*(mask|position|type).*") ? 2 : 1;
  }

  @Override
  public void into(Map<Metric, Double> metrics) {
    if (distributions.positions() == 0) {
      return;
    }
    metrics.put(Metric.KL, distributions.meanDivergence());
    metrics.put(Metric.KL_P999, distributions.divergenceQuantile(0.999));
    metrics.put(Metric.TOP1_AGREEMENT, distributions.topAgreement());
    if (distributions.known() > 0) {
      metrics.put(Metric.RMS_DELTA_P, distributions.rmsDelta());
      metrics.put(Metric.PERPLEXITY, distributions.candidatePerplexity());
      metrics.put(Metric.PERPLEXITY_REFERENCE, distributions.referencePerplexity());
    }
  }
}
