/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.WeightGrid;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Weights rounded to the nearest, kept from one trial to the next while there is room. */
final class NearestWeights {
  private static final long ROOM_BYTES = 64_000_000;

  private final Int8Format format;
  private final Map<String, IntegerWeights> kept = new HashMap<>();
  private long bytes;

  NearestWeights(Int8Format format) {
    this.format = format;
  }

  /**
   * @param bias one a channel, or empty
   * @param inputScale of the activations that the weights meet
   */
  IntegerWeights of(OnnxModel model, Graph graph, Node layer, double[] bias, float inputScale)
      throws IOException {
    String name = layer.output(0);
    IntegerWeights known = kept.get(name);
    if (known != null && known.holds(bias, inputScale)) {
      return known;
    }
    LayerRows rows = LayerRows.of(model, graph, layer);
    List<Long> dims = graph.constant(layer.input(1)).orElseThrow().getDimsList();
    WeightGrid grid = WeightGrid.of(layer, dims, rows.size(), format);
    IntegerWeights weights = IntegerWeights.of(rows, grid, bias, inputScale);
    if (known == null && bytes + weights.levels().length <= ROOM_BYTES) {
      kept.put(name, weights);
      bytes += weights.levels().length;
    }
    return weights;
  }
}
