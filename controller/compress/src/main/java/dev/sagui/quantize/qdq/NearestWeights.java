/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.fold.Scratch;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.WeightGrid;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights rounded to the nearest, kept from one trial to the next: on the heap while there is room,
 * then on disk. Any thread may ask.
 */
final class NearestWeights {
  private static final long ROOM_BYTES = 64_000_000;

  private final Int8Format format;
  private final Scratch scratch;
  private final Map<String, IntegerWeights> kept = new HashMap<>();
  private long bytes;

  NearestWeights(Int8Format format, Scratch scratch) {
    this.format = format;
    this.scratch = scratch;
  }

  /**
   * @param bias one a channel, or empty
   * @param inputScale of the activations that the weights meet
   */
  synchronized IntegerWeights of(
      OnnxModel model, Graph graph, Node layer, double[] bias, float inputScale)
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
    long own = weights.levels().bytes();
    boolean fits = bytes + own <= ROOM_BYTES;
    bytes += fits ? own : 0;
    IntegerWeights held = fits ? weights : weights.onDisk(scratch);
    kept.putIfAbsent(name, held);
    return held;
  }
}
