/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.Set;

/** A way to write a layer as two smaller ones, by the rank between them. */
interface Factoring {
  /** As reports name it. */
  String label();

  /** Ranks from 1 up to this one. */
  int most();

  /** Multiplications, as a share of the layer's. */
  double work(int rank);

  /** Of what the layer gives on the samples, as a share of its power. */
  double error(int rank);

  /** Lets go of what only other ranks need. */
  void settle(Set<Integer> ranks);

  /** Puts two nodes in the place of the layer's; the second gives its output. */
  void put(OnnxModel model, Graph graph, Node node, int rank);
}
