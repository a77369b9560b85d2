/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.BadData;
import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A specification and the inputs that it is asked to fill. */
record Binding(DataSpec spec, List<InputSlot> slots) {
  Binding {
    slots = List.copyOf(slots);
  }

  /** Seeded data leave out what follows from other inputs, files may hold it. */
  static List<Binding> all(List<InputSlot> slots, Map<String, DataSpec> specs) {
    List<Binding> bindings = new ArrayList<>();
    List<InputSlot> rest = new ArrayList<>();
    for (InputSlot slot : slots) {
      DataSpec own = specs.get(slot.name());
      if (own == null) {
        rest.add(slot);
      } else {
        bindings.add(new Binding(own, List.of(slot)));
      }
    }
    DataSpec others = specs.get("");
    if (others != null && !rest.isEmpty()) {
      List<InputSlot> main =
          rest.stream().filter(s -> SampleCursor.findDerived(s).isEmpty()).toList();
      boolean all = others instanceof FileData || (bindings.isEmpty() && main.isEmpty());
      List<InputSlot> asked = all ? rest : main;
      if (!asked.isEmpty()) {
        bindings.add(new Binding(others, asked));
      }
    }
    return bindings;
  }

  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for an input that nothing fills and
   *     that follows from no other
   */
  static void requireAll(List<InputSlot> slots, List<SampleSource> sources) {
    List<String> filled =
        sources.stream().map(SampleSource::inputs).flatMap(Collection::stream).toList();
    List<String> names = slots.stream().map(InputSlot::name).toList();
    for (InputSlot slot : slots) {
      if (!filled.contains(slot.name())
          && (filled.isEmpty() || SampleCursor.findDerived(slot).isEmpty())) {
        throw BadData.of(
            "say where input '%s' of %s comes from: %s=…"
                .formatted(slot.name(), names, slot.name()));
      }
    }
  }
}
