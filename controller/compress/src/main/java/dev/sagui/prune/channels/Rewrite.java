/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;

/** What a node needs besides shorter constants when channels go: counts, sizes, indices. */
@FunctionalInterface
interface Rewrite {
  void apply(Graph graph, Node node, Kept kept);
}
