/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.gram.InputValues;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gathers the calibration rows of one block. */
final class BlockRows {
  private static final long MOST_BYTES = 96_000_000;
  private static final int FEWEST = 1024;

  private final OnnxModel source;
  private final FeedForward block;
  private final Samples samples;
  private final int threads;
  private final String output;
  private final float[] bias;
  private final boolean residual;

  /**
   * @param source whose outputs are wanted
   * @param graph that holds the block, as yet unchanged
   */
  BlockRows(OnnxModel source, Graph graph, FeedForward block, Samples samples, int threads)
      throws IOException {
    this.source = source;
    this.block = block;
    this.samples = samples;
    this.threads = threads;
    this.output = FeedForward.output(graph, block.down());
    String name = FeedForward.bias(graph, block.down());
    this.bias =
        name.isEmpty()
            ? new float[block.down().outputs()]
            : TensorValues.floats(source, graph.constant(name).orElseThrow());
    this.residual =
        graph
            .onlyUser(output)
            .filter(next -> next.is("Add") && next.inputs().contains(block.input()))
            .isPresent();
  }

  /**
   * @param current the model with the blocks before this one split
   * @param down W2 [F, N]
   */
  HiddenRows on(OnnxModel current, float[][] down) throws IOException {
    Map<String, SpreadRows> now =
        tapped(current, Map.of(block.input(), block.up().inputs(), block.hidden(), block.width()));
    float[][] input = rows(now, block.input());
    Map<String, SpreadRows> then =
        tapped(source, Map.of(block.input(), block.up().inputs(), output, bias.length));
    float[][] wanted = rows(then, output);
    float[][] before = rows(then, block.input());
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < bias.length; j++) {
        wanted[i][j] -= bias[j] - (residual ? before[i][j] - input[i][j] : 0);
      }
    }
    return HiddenRows.of(input, rows(now, block.hidden()), wanted, down);
  }

  private static float[][] rows(Map<String, SpreadRows> values, String name) {
    SpreadRows rows = values.get(name);
    return rows == null ? new float[0][] : rows.rows();
  }

  /**
   * @param widths of rows, by value
   */
  private Map<String, SpreadRows> tapped(OnnxModel model, Map<String, Integer> widths)
      throws IOException {
    long fitting = MOST_BYTES / Float.BYTES / (block.up().inputs() + block.width());
    int most = (int) Math.max(FEWEST, Math.min(fitting, 4L * block.width())) & ~1;
    Map<String, SpreadRows> rows = new HashMap<>();
    widths.forEach((name, width) -> rows.put(name, new SpreadRows(width, most)));
    List<String> names = new ArrayList<>(widths.keySet());
    InputValues.forEach(
        model,
        names,
        samples,
        threads,
        value -> {
          SpreadRows all = rows.get(value.name());
          if (all != null) {
            all.add(value);
          }
        });
    return rows;
  }
}
