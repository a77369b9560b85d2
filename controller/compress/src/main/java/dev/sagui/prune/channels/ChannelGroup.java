/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Channels that lie in the same places of the same tensors, so that any of them can go.
 *
 * @param units roots of the sets that go as one, in order
 * @param places where each unit lies, and how many positions it has there
 */
record ChannelGroup(List<Integer> units, Map<Place, Integer> places) {
  /** An axis of a constant. */
  record Place(String tensor, int axis) {}

  ChannelGroup {
    units = List.copyOf(units);
    places =
        Collections.unmodifiableMap(new LinkedHashMap<>(places)); // in order: they are summed over
  }

  int width() {
    return units.size();
  }

  /** Positions that a unit has along an axis of a constant. */
  int positions(String tensor, int axis) {
    return places.getOrDefault(new Place(tensor, axis), 0);
  }
}
