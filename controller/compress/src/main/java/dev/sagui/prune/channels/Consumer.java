/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;

/**
 * A layer that sums over a cuttable axis of its input with constant weights: what it gives can be
 * repaired by other weights.
 *
 * @param weight the name of its weights
 * @param inputAxis of the weights that is summed over
 * @param outputAxis of the weights that its own channels lie on
 */
record Consumer(Node node, String weight, int inputAxis, int outputAxis) {
  String input() {
    return node.input(0);
  }

  String output() {
    return node.output(0);
  }
}
