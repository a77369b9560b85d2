/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.prune.channels.Refit;

/**
 * A layer in exchange for a cheaper one: first a dense convolution stands in its place, whose
 * weights are fitted in a form; then the parts of that form.
 */
interface Replacement {
  /** What the dense convolution gives; the teacher's value of this name is what it is fitted to. */
  String fitted();

  Refit.Form form();

  /**
   * Puts the parts in place.
   *
   * @param graph of the fitted model
   */
  void finish(Graph graph);
}
