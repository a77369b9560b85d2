/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A model some of whose layers are two smaller ones.
 *
 * @param macs multiplications and additions, counted as one, of a run after and before
 * @param left layers that would have been written so, and why they were not
 */
public record LowRankModel(
    OnnxModel model,
    List<Factored> factored,
    long macs,
    long macsBefore,
    Map<String, String> left) {
  public LowRankModel {
    factored = List.copyOf(factored);
    left = Map.copyOf(left);
  }

  /**
   * A layer in two parts.
   *
   * @param form product: the layer with few outputs, then a product; spatial: down, then along
   * @param work of the two, as a share of the layer's
   * @param time of the two, as a share of the layer's, on this machine
   */
  public record Factored(String layer, String form, int rank, double work, double time) {}
}
