/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a net shall make small, written into its graph. */
@FunctionalInterface
public interface Criterion {
  /**
   * A loss as values of the graph.
   *
   * @param total a scalar
   * @param each of its terms by name, scalars
   */
  record Terms(String total, Map<String, String> each) {}

  /** What is learned for it beside the net, as it begins, by name. */
  default Map<String, Tensor> parameters() {
    return Map.of();
  }

  /** Inputs that it adds to the graph and that keep their memory: parameters of another net. */
  default List<Tensor> frozen() {
    return List.of();
  }

  /** Adds targets as inputs, and the loss. */
  Terms add(GraphInMaking made) throws IOException;
}
