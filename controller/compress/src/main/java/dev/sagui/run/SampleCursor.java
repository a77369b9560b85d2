/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Samples one after the other: what the sources give, and the inputs that follow from it. */
final class SampleCursor implements AutoCloseable {
  private final List<InputSlot> slots;
  private final List<SampleSource> sources;

  private final Share share;
  private boolean started;

  SampleCursor(List<InputSlot> slots, List<SampleSource> sources, Share share) {
    this.slots = slots;
    this.sources = sources;
    this.share = share;
  }

  /** A tensor for each input in order, without the batch dimension. */
  List<Tensor> next() {
    int skipped = started ? share.stride() - 1 : share.first();
    for (int i = 0; i < skipped; i++) {
      sources.forEach(SampleSource::next);
    }
    started = true;
    Map<String, Tensor> given = new LinkedHashMap<>();
    sources.forEach(source -> source.next().forEach(t -> given.put(t.name(), t)));
    Map<String, Long> bound = bound(given);
    long length = length(given);
    List<Tensor> sample = new ArrayList<>();
    for (InputSlot slot : slots) {
      Tensor tensor = given.get(slot.name());
      sample.add(tensor != null ? tensor : derived(slot).tensor(slot, bound, length));
    }
    return sample;
  }

  static Derived derived(InputSlot slot) {
    return findDerived(slot)
        .orElseThrow(() -> new IllegalStateException(slot + " has no source; this is a bug"));
  }

  static Optional<Derived> findDerived(InputSlot slot) {
    return Derived.of(slot.name(), slot.type(), slot.rank() + (slot.batched() ? 1 : 0));
  }

  private Map<String, Long> bound(Map<String, Tensor> given) {
    Map<String, Long> bound = new HashMap<>();
    for (InputSlot slot : slots) {
      Tensor tensor = given.get(slot.name());
      for (int i = 0; tensor != null && i < slot.rank(); i++) {
        if (!slot.symbols().get(i).isEmpty()) {
          bound.put(slot.symbols().get(i), tensor.shape().get(i));
        }
      }
    }
    return bound;
  }

  /** Of the ids, else of the first input: its last free dimension, else its last. */
  private long length(Map<String, Tensor> given) {
    long length = 1;
    boolean found = false;
    for (InputSlot slot : slots) {
      Tensor tensor = given.get(slot.name());
      if (tensor != null && slot.rank() > 0 && !(found && slot.isFloat())) {
        int last = slot.shape().lastIndexOf(-1L);
        length = tensor.shape().get(last < 0 ? slot.rank() - 1 : last);
        found = true;
        if (!slot.isFloat()) {
          break;
        }
      }
    }
    return length;
  }

  @Override
  public void close() {
    sources.forEach(SampleSource::close);
  }
}
