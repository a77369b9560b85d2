/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model without some channels, in which layers can be given other weights. */
final class Cut {
  private final DependencyGraph dependencies;
  private final Set<Integer> units;
  private final Kept kept;
  private final Map<String, float[]> weights = new HashMap<>();

  Cut(DependencyGraph dependencies, Set<Integer> units) {
    this.dependencies = dependencies;
    this.units = Set.copyOf(units);
    this.kept = new Kept(dependencies.atoms(), this.units);
  }

  /** Of all groups at some widths. */
  static Cut of(DependencyGraph dependencies, List<Ranking.Width> widths) {
    Set<Integer> gone = new HashSet<>();
    widths.forEach(width -> gone.addAll(width.gone()));
    return new Cut(dependencies, gone);
  }

  OnnxModel model() {
    return Removal.of(dependencies, units, weights);
  }

  /** A layer's weights of the new widths, as they are now. */
  float[] weights(Layer layer) {
    return weights.computeIfAbsent(
        layer.map().consumer().weight(),
        name -> layer.map().sliced(layer.weights(), inputs(layer), outputs(layer)));
  }

  /** The same of its bias; none when it has none. */
  float[] bias(Layer layer) {
    if (!layer.hasBias()) {
      return layer.bias();
    }
    return weights.computeIfAbsent(layer.biasName(), name -> sliced(layer.bias(), outputs(layer)));
  }

  /** Puts weights in place; what goes of them yet is left out. */
  void put(Map<Layer, Ranking.Weights> wider) {
    wider.forEach(
        (layer, own) -> {
          int[] outputs = outputs(layer);
          weights.put(layer.map().consumer().weight(), own.sliced(inputs(layer), outputs));
          if (layer.hasBias()) {
            weights.put(layer.biasName(), sliced(own.bias(), outputs));
          }
        });
  }

  private static float[] sliced(float[] full, int[] positions) {
    float[] sliced = new float[positions.length];
    for (int i = 0; i < sliced.length; i++) {
      sliced[i] = full[positions[i]];
    }
    return sliced;
  }

  /** Values with other numbers than in the original; others have fewer channels at most. */
  Set<String> affected() {
    return Affected.values(dependencies, kept);
  }

  /** The layer at its new widths. */
  LayerMap map(Layer layer) {
    return layer.map().resized(inputs(layer).length, outputs(layer).length);
  }

  /** Its input channels that stay. */
  int[] inputs(Layer layer) {
    return kept.positions(axis(layer, layer.map().consumer().inputAxis()));
  }

  /** Its output channels that stay. */
  int[] outputs(Layer layer) {
    return kept.positions(axis(layer, layer.map().consumer().outputAxis()));
  }

  private Axis axis(Layer layer, int index) {
    List<Axis> axes = dependencies.layout(layer.map().consumer().weight());
    return axes.get(index);
  }
}
