/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.List;

/**
 * Weights of a convolution.
 *
 * @param bias by output; zeros where it has none
 */
@SuppressWarnings("ArrayRecordComponent")
record Weights(List<Long> dims, double[] values, double[] bias) {
  static Weights of(OnnxModel model, Graph graph, Convolution layer) throws IOException {
    Node node = layer.node();
    var tensor = graph.constant(node.input(1)).orElseThrow();
    double[] bias =
        node.hasInput(2)
            ? TensorValues.doubles(model, graph.constant(node.input(2)).orElseThrow())
            : new double[layer.outputs()];
    return new Weights(tensor.getDimsList(), TensorValues.doubles(model, tensor), bias);
  }
}
