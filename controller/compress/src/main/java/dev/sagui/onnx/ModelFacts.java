/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a model is, from its graph.
 *
 * @param opsets version by domain
 * @param operators how often each operator stands in the graph, nested graphs and local functions,
 *     the most frequent first
 * @param weights constants by element type
 * @param nestedGraphs bodies of If, Loop and Scan
 * @param vocabularies rows of the embedding table that an input's ids choose from, by input
 * @param context tokens that it takes at once at most, where its tables of positions say
 */
public record ModelFacts(
    long irVersion,
    String producer,
    Map<String, Long> opsets,
    Map<String, Integer> operators,
    Map<ElementType, Amount> weights,
    List<ValueFacts> inputs,
    List<ValueFacts> outputs,
    int nestedGraphs,
    Map<String, Long> vocabularies,
    OptionalInt context) {

  /** Elements and the bytes that they take. */
  public record Amount(long elements, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(Amount other) {
      return new Amount(elements + other.elements, bytes + other.bytes);
    }
  }

  /** The same with other inputs. */
  public ModelFacts with(List<ValueFacts> others) {
    return new ModelFacts(
        irVersion,
        producer,
        opsets,
        operators,
        weights,
        others,
        outputs,
        nestedGraphs,
        vocabularies,
        context);
  }

  /** Weights of all types, counted in elements. */
  public long parameters() {
    return weights.values().stream().mapToLong(Amount::elements).sum();
  }

  /** Whether the model has one input that looks like a generator's latents: float [batch, n]. */
  public boolean takesLatents() {
    if (inputs.size() != 1 || inputs.get(0).type() != ElementType.FLOAT) {
      return false;
    }
    List<Long> shape = inputs.get(0).shape();
    return shape.size() >= 2
        && shape.get(1) > 0
        && shape.subList(2, shape.size()).stream().allMatch(d -> d == 1);
  }
}
