/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the layers of a model without some channels weights that make up for what is gone: in the
 * order of the graph, each by what it gets from the layers repaired before and what the original
 * gave.
 */
final class Repair {
  private static final int LEAST_ROWS_A_COLUMN = 2;

  private final List<Layer> layers;
  private final Observed observed;
  private final Map<Layer, Rows> targets;

  private Repair(List<Layer> layers, Observed observed, Map<Layer, Rows> targets) {
    this.layers = layers;
    this.observed = observed;
    this.targets = targets;
  }

  /** Looks once at what the original gives. */
  static Repair of(OnnxModel original, List<Layer> layers, Observed observed) throws IOException {
    Map<Layer, String> values = new LinkedHashMap<>();
    layers.forEach(layer -> values.put(layer, layer.target().value()));
    return new Repair(layers, observed, observed.outputs(original, values));
  }

  /**
   * Repairs all layers; the model before and after differ in weights alone.
   *
   * @param thorough whether errors count after what is computed next, which takes several times as
   *     long as least squares
   */
  void apply(Cut cut, boolean thorough) throws IOException {
    Set<String> affected = cut.affected();
    for (Layer layer : layers) {
      if (!affected.contains(layer.map().consumer().output())) {
        continue;
      }
      OnnxModel model = cut.model();
      LayerMap map = cut.map(layer);
      Rows inputs = observed.inputs(model, layer, map);
      if (!tells(map, inputs)) {
        continue;
      }
      Rows wanted = wanted(model, layer, cut);
      Fit.fit(
          observed.product(),
          map,
          cut.weights(layer),
          cut.bias(layer),
          inputs,
          wanted,
          layer.target().after());
    }
  }

  /** Whether there are vectors enough to find weights by: behind a global pool there may not be. */
  private static boolean tells(LayerMap map, Rows inputs) {
    for (int part = 0; part < map.parts().size(); part++) {
      int columns = map.channels() * map.parts().get(part).taps().size();
      if (inputs.of(part).size() < LEAST_ROWS_A_COLUMN * columns) {
        return false;
      }
    }
    return true;
  }

  /** The channels that stay, less what a skip adds already. */
  private Rows wanted(OnnxModel model, Layer layer, Cut cut) throws IOException {
    int[] outputs = cut.outputs(layer);
    Rows all = targets.getOrDefault(layer, new Rows(0));
    String skip = layer.target().skip();
    Rows skipped =
        skip.isEmpty()
            ? new Rows(0)
            : observed.outputs(model, Map.of(layer, skip)).getOrDefault(layer, new Rows(0));
    Rows wanted = new Rows(layer.map().parts().size());
    for (int part = 0; part < layer.map().parts().size(); part++) {
      List<float[]> from = all.of(part);
      for (int n = 0; n < from.size(); n++) {
        float[] row = new float[outputs.length];
        for (int o = 0; o < row.length; o++) {
          row[o] = from.get(n)[outputs[o]];
          row[o] -= skip.isEmpty() ? 0 : skipped.of(part).get(n)[o];
        }
        wanted.add(part, row);
      }
    }
    return wanted;
  }
}
