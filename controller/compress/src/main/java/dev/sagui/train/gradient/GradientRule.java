/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;

/** What an operator's inputs get of the gradient of its outputs. */
@FunctionalInterface
interface GradientRule {
  /** Gives each wanted input its gradient; one that gets none does not move the loss. */
  void back(Node node, Backward to);
}
