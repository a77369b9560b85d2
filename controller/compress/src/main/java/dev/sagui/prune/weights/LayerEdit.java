/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;

/** Puts new weights of a layer into a graph. */
final class LayerEdit {
  private LayerEdit() {}

  static void apply(
      OnnxModel model, Graph graph, SparsityData data, Prunable layer, LayerJob.Result result)
      throws IOException {
    if (result.shift().isPresent()) {
      new Biases(model, graph).shift(layer.node(), result.shift().get());
    }
    TensorProto pruned = model.attach(layer.tensor(), data.stored(layer.tensor(result.rows())));
    graph.put(pruned);
  }
}
