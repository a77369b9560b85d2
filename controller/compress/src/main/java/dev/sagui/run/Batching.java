/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.manifest.TensorInfo;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.source.InputSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * How a model takes samples: its inputs without their batch dimension, and the size of a batch.
 *
 * @param fixed the batch that the model fixes
 * @param most samples that may share a run where it does not
 */
record Batching(List<InputSlot> slots, OptionalInt fixed, int most) {
  private static final int MAX_BATCH = 16;
  private static final long MAX_BATCH_ELEMENTS = 1 << 22;

  /**
   * @param isWhole inputs that are one sample without a batch dimension
   */
  static Batching of(ModelFacts facts, Predicate<TensorInfo> isWhole) {
    List<ValueFacts> inputs = facts.inputs();
    List<TensorInfo> infos = inputs.stream().map(ValueFacts::tensorInfo).toList();
    List<TensorInfo> main = infos.stream().filter(i -> derived(i).isEmpty()).toList();
    List<TensorInfo> leading = main.isEmpty() ? infos : main;
    long batch = leading.stream().anyMatch(isWhole) ? 0 : batch(leading);
    List<InputSlot> slots = new ArrayList<>();
    for (int i = 0; i < infos.size(); i++) {
      long ids = facts.vocabularies().getOrDefault(infos.get(i).name(), 0L);
      slots.add(slot(i, infos.get(i), inputs.get(i).symbols(), batch, ids, facts.context()));
    }
    OptionalInt fixed = batch > 0 ? OptionalInt.of(Math.toIntExact(batch)) : OptionalInt.empty();
    boolean shared = batch == -1 && slots.stream().allMatch(Batching::sharesRuns);
    return new Batching(slots, fixed, shared ? most(slots) : 1);
  }

  private static java.util.Optional<Derived> derived(TensorInfo info) {
    return Derived.of(info.name(), info.type(), info.shape().size());
  }

  /** -1 for a free batch, a fixed one, or 0 when there is no batch dimension. */
  private static long batch(List<TensorInfo> inputs) {
    List<Long> first =
        inputs.stream().filter(i -> !i.shape().isEmpty()).map(i -> i.shape().get(0)).toList();
    if (first.contains(-1L)) {
      return -1;
    }
    boolean matrices = inputs.stream().anyMatch(i -> i.shape().size() > 1);
    List<Long> distinct =
        inputs.stream()
            .filter(i -> i.shape().size() > (matrices ? 1 : 0))
            .map(i -> i.shape().get(0))
            .distinct()
            .toList();
    return distinct.size() == 1 ? distinct.get(0) : 0;
  }

  private static InputSlot slot(
      int index,
      TensorInfo info,
      List<String> symbols,
      long batch,
      long idsBelow,
      OptionalInt context) {
    List<Long> shape = info.shape();
    boolean batched = batch != 0 && !shape.isEmpty() && shape.get(0) == batch;
    int skip = batched ? 1 : 0;
    return new InputSlot(
        index,
        info.name(),
        info.type(),
        shape.subList(skip, shape.size()),
        symbols.subList(skip, symbols.size()),
        batched,
        idsBelow,
        context);
  }

  /** Whether a run of several samples can use the input: it has a batch, or is a constant. */
  private static boolean sharesRuns(InputSlot slot) {
    int rank = slot.rank() + (slot.batched() ? 1 : 0);
    return slot.batched()
        || (rank == 1 && Derived.of(slot.name(), slot.type(), rank).isPresent() && slot.isFixed());
  }

  private static int most(List<InputSlot> slots) {
    long elements = 1;
    for (InputSlot slot : slots) {
      elements += slot.elements(slot.filled(1));
    }
    return (int) Math.max(1, Math.min(MAX_BATCH, MAX_BATCH_ELEMENTS / elements));
  }
}
