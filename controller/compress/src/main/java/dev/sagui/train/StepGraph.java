/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A graph that computes a loss and its gradient from parameters and samples that are its inputs.
 *
 * @param feeds inputs that are no parameters
 */
public record StepGraph(
    OnnxModel model, Parameters parameters, List<Feed> feeds, StepGraph.Names names) {
  public StepGraph {
    feeds = List.copyOf(feeds);
  }

  /**
   * What the outputs are called.
   *
   * @param total of the loss, a scalar
   * @param terms of the loss, scalars by name
   * @param gradients by trained parameter
   * @param renewed by state
   */
  record Names(
      String total,
      Map<String, String> terms,
      Map<String, String> gradients,
      Map<String, String> renewed) {}
}
