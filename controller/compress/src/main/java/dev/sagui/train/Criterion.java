/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.io.IOException;
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

  /** Adds targets as inputs, and the loss. */
  Terms add(GraphInMaking made) throws IOException;
}
