/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits the hidden neurons of feed-forward blocks into experts, of which each row computes a few:
 * neurons are grouped by what they do on samples, a router is fitted in closed form, experts that
 * are not chosen are replaced by their mean, and the second layer makes good the rest (MoEfication,
 * Zhang et al. 2022, without training).
 */
public final class ExpertSplit {
  private ExpertSplit() {}

  /**
   * @param layers one for each block, in order
   */
  public record Result(OnnxModel model, List<ExpertLayer> layers) {
    public Result {
      layers = List.copyOf(layers);
    }
  }

  /**
   * Block by block; each sees the inputs that the blocks before it leave, and aims at what the
   * source model gave.
   *
   * @param scratch holds the experts' weights until the model is written
   * @throws RejectedException UNSUPPORTED_MODEL when no block is found, saying what stopped the
   *     search, and for opsets before 13; BAD_REQUEST when the count does not divide a block
   */
  public static Result apply(
      OnnxModel model,
      ExpertOptions options,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    Nodes.requireOpset(model);
    Graph graph = new Graph(model);
    FeedForwards found = FeedForwards.of(graph);
    if (found.blocks().isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "found no feed-forward block (MatMul or Gemm, activation, MatMul or Gemm) to split into"
              + " experts: "
              + found.obstacle());
    }
    found.blocks().forEach(options::size);
    OnnxModel current = model;
    List<ExpertLayer> layers = new ArrayList<>();
    for (FeedForward block : found.blocks()) {
      progress.at("split into experts", (double) layers.size() / found.blocks().size());
      BlockRows rows = new BlockRows(model, graph, block, samples, threads);
      float[][] down = Matrices.transposed(weights(model, block.down()));
      BlockSplit split = BlockSplit.of(rows.on(current, down), options);
      float[][] up = Matrices.transposed(weights(model, block.up()));
      new ExpertGraph(model, graph, scratch, block, split).replace(flat(up), options.active());
      Unused.remove(graph);
      layers.add(ExpertLayer.of(block, split, options));
      current = Nodes.with(model, graph);
    }
    return new Result(current, layers);
  }

  /** The weights of a layer by output, [N, K]. */
  private static float[][] weights(OnnxModel model, LinearLayer layer) throws IOException {
    int columns = Math.toIntExact(layer.weight().getDims(1));
    float[] all =
        new MatrixRows(model.payload(layer.weight()), columns).outputs(layer.transposed());
    float[][] rows = new float[layer.outputs()][layer.inputs()];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all, i * layer.inputs(), rows[i], 0, layer.inputs());
    }
    return rows;
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return flat;
  }
}
