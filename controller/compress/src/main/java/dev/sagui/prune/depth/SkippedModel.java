/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.onnx.OnnxModel;
import java.util.List;

/**
 * A model whose blocks are computed for some inputs only.
 *
 * @param held what it does at several shares, the one that was asked for first
 */
public record SkippedModel(OnnxModel model, List<Held> held) {
  public SkippedModel {
    held = List.copyOf(held);
  }

  /**
   * What became of one share, on samples that no gate was fitted to.
   *
   * @param asked share of the blocks' work
   * @param error of the outputs, as a share of their power
   * @param flops of a run in the mean, without the gates'
   * @param parameters that a run reads in the mean
   */
  public record Held(
      OnnxModel model,
      double asked,
      List<Block> blocks,
      double error,
      double flops,
      double parameters) {
    public Held {
      blocks = List.copyOf(blocks);
    }
  }

  /**
   * A block that may be skipped.
   *
   * @param sum its name
   * @param computed share of the samples that computed it
   */
  public record Block(String sum, int layers, double computed) {}
}
