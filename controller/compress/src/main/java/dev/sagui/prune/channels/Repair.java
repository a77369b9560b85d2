/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives the layers of a model without some channels weights that make up for what is gone: in the
 * order of the graph, each by what it gets from the layers repaired before and what the original
 * gave.
 */
final class Repair {
  private static final int LEAST_ROWS_A_COLUMN = 2;

  /** Vectors of layers that are kept at once. */
  private static final double MOST_BYTES = 160_000_000;

  private final Graph graph;
  private final List<Layer> layers;
  private final Observed observed;
  private final OnnxModel original;

  /** What the original gives; empty when that is too much to keep. */
  private final Map<Layer, Rows> kept;

  private Repair(OnnxModel original, List<Layer> layers, Observed observed) throws IOException {
    this.original = original;
    this.graph = new Graph(original);
    this.layers = layers;
    this.observed = observed;
    double bytes = layers.stream().mapToDouble(layer -> observed.bytes(layer.map())).sum();
    this.kept = bytes <= MOST_BYTES ? look(layers) : Map.of();
  }

  /** Looks at what the original gives, once if memory allows, else before each step. */
  static Repair of(OnnxModel original, List<Layer> layers, Observed observed) throws IOException {
    return new Repair(original, layers, observed);
  }

  private Map<Layer, Rows> look(List<Layer> at) throws IOException {
    Map<Layer, String> values = new LinkedHashMap<>();
    at.forEach(layer -> values.put(layer, layer.target().value()));
    return observed.outputs(original, values);
  }

  /**
   * Repairs all layers; the model before and after differ in weights alone.
   *
   * @param thorough whether errors count after what is computed next, which takes several times as
   *     long as least squares
   */
  void apply(Cut cut, boolean thorough) throws IOException {
    Set<String> affected = cut.affected();
    List<Layer> due =
        layers.stream().filter(l -> affected.contains(l.map().consumer().output())).toList();
    for (List<Layer> together : inOrder(due)) {
      Map<Layer, LayerMap> maps = new LinkedHashMap<>();
      together.forEach(layer -> maps.put(layer, cut.map(layer)));
      Map<Layer, Rows> targets = kept.isEmpty() ? look(together) : kept;
      observed
          .seen(cut.model(), maps)
          .forEach(
              (layer, seen) -> {
                Rows given = targets.getOrDefault(layer, new Rows(0));
                fit(cut, layer, seen, given, thorough);
              });
    }
  }

  private void fit(Cut cut, Layer layer, Observed.Seen seen, Rows given, boolean thorough) {
    LayerMap map = cut.map(layer);
    if (tells(map, seen.inputs())) {
      Fit.fit(
          observed.product(),
          map,
          cut.weights(layer),
          cut.bias(layer),
          seen.inputs(),
          wanted(layer, cut, given, seen.skipped()),
          thorough ? layer.target().after() : Target.After.LINEAR);
    }
  }

  /** Layers that see nothing of each other's repair together, as far as memory goes. */
  private List<List<Layer>> inOrder(List<Layer> due) {
    Map<String, Layer> byOutput = new HashMap<>();
    due.forEach(layer -> byOutput.put(layer.map().consumer().output(), layer));
    Map<String, Integer> levels = new HashMap<>();
    Map<Integer, List<Layer>> steps = new TreeMap<>();
    for (Node node : graph.nodes()) {
      Layer layer = byOutput.get(node.output(0));
      int level = node.uses().stream().mapToInt(v -> levels.getOrDefault(v, 0)).max().orElse(0);
      if (layer != null) {
        level = 1 + Math.max(level, levels.getOrDefault(layer.target().skip(), 0));
        steps.computeIfAbsent(level, l -> new ArrayList<>()).add(layer);
      }
      for (String output : node.outputs()) {
        levels.put(output, level);
      }
    }
    List<List<Layer>> all = new ArrayList<>();
    steps.values().forEach(step -> all.addAll(parts(step)));
    return all;
  }

  private List<List<Layer>> parts(List<Layer> step) {
    List<List<Layer>> parts = new ArrayList<>();
    double bytes = Double.POSITIVE_INFINITY;
    for (Layer layer : step) {
      double own = observed.bytes(layer.map());
      if (bytes + own > MOST_BYTES) {
        parts.add(new ArrayList<>());
        bytes = 0;
      }
      parts.get(parts.size() - 1).add(layer);
      bytes += own;
    }
    return parts;
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
  private static Rows wanted(Layer layer, Cut cut, Rows all, Rows skipped) {
    int[] outputs = cut.outputs(layer);
    String skip = layer.target().skip();
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
