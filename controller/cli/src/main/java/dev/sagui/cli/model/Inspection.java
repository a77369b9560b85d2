/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.KnownBoards;
import dev.sagui.isa.SlowOperators;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.InferredTypes;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that {@code sagui inspect} tells.
 *
 * @param cost of one sample, free dimensions at their default
 * @param costGap why there is no cost; empty when there is one
 * @param slow what each known board would run slowly
 * @param types for the list of nodes, when it is asked for
 */
record Inspection(
    OnnxModel model,
    ModelFacts facts,
    ModelStructure structure,
    Optional<RunCost> cost,
    String costGap,
    Map<String, List<String>> slow,
    Optional<InferredTypes> types) {
  private static final long MAX_RUN_BYTES = 500_000_000;

  static Inspection of(OnnxModel model, boolean withTypes) throws IOException {
    ModelFacts facts = model.facts();
    Optional<RunCost> cost = Optional.empty();
    String gap = "";
    try {
      cost = Optional.of(cost(model, facts));
    } catch (RejectedException e) {
      gap = String.valueOf(e.getMessage()).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }
    return new Inspection(
        model,
        facts,
        ModelStructure.of(model),
        cost,
        gap,
        slow(facts),
        withTypes ? Optional.of(InferredTypes.of(model)) : Optional.empty());
  }

  /**
   * @throws RejectedException a model that noise cannot run has none
   */
  private static RunCost cost(OnnxModel model, ModelFacts facts) throws IOException {
    if (model.sizeBytes() > MAX_RUN_BYTES) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL, "the model is too large to be run in passing");
    }
    boolean tensors = facts.outputs().stream().allMatch(o -> o.type() != ElementType.UNKNOWN);
    if (facts.inputs().isEmpty() && tensors) {
      return RunCost.measure(model.file(), List.of());
    }
    Samples samples = Samples.of(model.runnable().facts(), DefaultData.of(facts));
    return RunCost.measure(model.file(), samples.first(1));
  }

  private static Map<String, List<String>> slow(ModelFacts facts) {
    Map<String, List<String>> slow = new LinkedHashMap<>();
    KnownBoards.all().forEach(b -> slow.put(b.name().value(), SlowOperators.on(b, facts)));
    slow.values().removeIf(List::isEmpty);
    return slow;
  }

  /** What a reader should know before compressing the model; each one sentence. */
  List<String> remarks() {
    List<String> remarks = new java.util.ArrayList<>();
    if (!structure.quantized().isEmpty()) {
      remarks.add(
          "quantized already: "
              + String.join(", ", Labelled.counts(structure.quantized()))
              + "; compress the float original instead where there is one");
    }
    if (!structure.foreign().isEmpty()) {
      remarks.add(
          "foreign operators are kept untouched, and the model is not runnable here: "
              + String.join(", ", Labelled.counts(structure.foreign())));
    }
    if (facts.inputs().isEmpty()) {
      remarks.add("takes no input: it gives the same at every run, and cannot be compressed");
    }
    return remarks;
  }
}
