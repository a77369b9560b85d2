/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The groups of a graph's channels that may be removed.
 *
 * @param kept why others may not, by the tensor and axis where that was seen; windows of kernels
 *     are no channels
 */
record ChannelGroups(List<ChannelGroup> groups, Map<ChannelGroup.Place, String> kept) {
  static ChannelGroups of(DependencyGraph dependencies) {
    Atoms atoms = dependencies.atoms();
    Map<Integer, Map<ChannelGroup.Place, Integer>> places = new LinkedHashMap<>();
    Map<ChannelGroup.Place, String> kept = new LinkedHashMap<>();
    for (String name : dependencies.graph().initializers()) {
      List<Axis> axes = dependencies.layout(name);
      for (int i = 0; i < axes.size(); i++) {
        ChannelGroup.Place place = new ChannelGroup.Place(name, i);
        for (int atom : axes.get(i).atoms()) {
          atoms
              .frozen(atom)
              .ifPresentOrElse(
                  why -> {
                    if (!why.endsWith(LayerRules.SLIDES)) {
                      kept.putIfAbsent(place, why);
                    }
                  },
                  () ->
                      places
                          .computeIfAbsent(atoms.root(atom), root -> new LinkedHashMap<>())
                          .merge(place, 1, Integer::sum));
        }
      }
    }
    Map<Map<ChannelGroup.Place, Integer>, List<Integer>> alike = new LinkedHashMap<>();
    places.forEach((root, own) -> alike.computeIfAbsent(own, o -> new ArrayList<>()).add(root));
    List<ChannelGroup> groups = new ArrayList<>();
    alike.forEach(
        (own, roots) -> {
          if (roots.size() > 1) {
            groups.add(new ChannelGroup(roots, own));
          }
        });
    return new ChannelGroups(groups, kept);
  }
}
