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

  /**
   * Of all groups at some widths.
   *
   * @param indices into each curve
   */
  static Cut of(DependencyGraph dependencies, List<Curve> curves, List<Integer> indices) {
    Set<Integer> gone = new HashSet<>();
    for (int i = 0; i < curves.size(); i++) {
      gone.addAll(curves.get(i).widths().get(indices.get(i)).gone());
    }
    return new Cut(dependencies, gone);
  }

  OnnxModel model() {
    return Removal.of(dependencies, units, weights);
  }

  /** A layer's weights of the new widths, as they are now. */
  float[] weights(Layer layer) {
    return weights.computeIfAbsent(
        layer.map().consumer().weight(), name -> sliced(layer, layer.weights()));
  }

  /** The same of its bias; none when it has none. */
  float[] bias(Layer layer) {
    if (!layer.hasBias()) {
      return layer.bias();
    }
    return weights.computeIfAbsent(layer.biasName(), name -> sliced(layer.bias(), outputs(layer)));
  }

  /** Puts weights of the old widths in place; what goes is left out. */
  void put(Map<Layer, Ranking.Weights> full) {
    full.forEach(
        (layer, own) -> {
          weights.put(layer.map().consumer().weight(), sliced(layer, own.weights()));
          if (layer.hasBias()) {
            weights.put(layer.biasName(), sliced(own.bias(), outputs(layer)));
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

  private float[] sliced(Layer layer, float[] full) {
    int[] in = inputs(layer);
    int[] out = outputs(layer);
    LayerMap from = layer.map();
    LayerMap to = from.resized(in.length, out.length);
    float[] sliced = new float[in.length * out.length * from.kernelSize()];
    for (int c = 0; c < in.length; c++) {
      for (int o = 0; o < out.length; o++) {
        for (int t = 0; t < from.kernelSize(); t++) {
          sliced[to.element(c, o, t)] = full[from.element(in[c], out[o], t)];
        }
      }
    }
    return sliced;
  }
}
