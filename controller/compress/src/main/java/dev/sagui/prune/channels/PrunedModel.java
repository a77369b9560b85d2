/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A model with narrower layers.
 *
 * @param widths of the groups
 * @param macs multiplications and additions, counted as one, of a run after and before
 * @param kept why other channels had to stay, and how many axes that concerns
 * @param tried allocations that were made and measured
 */
public record PrunedModel(
    OnnxModel model,
    List<Width> widths,
    long macs,
    long macsBefore,
    Map<String, Integer> kept,
    List<Tried> tried) {
  public PrunedModel {
    widths = List.copyOf(widths);
    kept = Map.copyOf(kept);
    tried = List.copyOf(tried);
  }

  /**
   * A group of channels.
   *
   * @param layer whose outputs they are
   * @param removed positions among the group's, in the order in which they went
   */
  public record Width(String layer, int before, int after, List<Integer> removed) {
    public Width {
      removed = List.copyOf(removed);
    }
  }

  /**
   * An allocation.
   *
   * @param foretold sum of the errors that its widths bring alone, as a share of the outputs' power
   * @param error measured
   * @param latencyRatio to the input; 0 when it was not timed
   */
  public record Tried(List<Integer> widths, double foretold, double error, double latencyRatio) {
    public Tried {
      widths = List.copyOf(widths);
    }
  }

  /** Whether anything went. */
  public boolean changed() {
    return widths.stream().anyMatch(width -> width.after() < width.before());
  }
}
