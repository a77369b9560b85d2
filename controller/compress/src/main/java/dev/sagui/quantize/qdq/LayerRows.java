/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;

/**
 * The weights of a layer, one row an output: [outputs, size], in the order of {@link
 * dev.sagui.quantize.gram.LayerInput}.
 *
 * @param turned whether the model has them the other way round
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerRows(float[] values, int outputs, boolean turned) {
  static LayerRows of(OnnxModel model, Graph graph, Node layer) throws IOException {
    TensorProto weight = graph.constant(layer.input(1)).orElseThrow();
    int axis = channelAxis(layer);
    float[] values = TensorValues.floats(model, weight);
    int outputs = (int) weight.getDims(axis);
    return axis == 0
        ? new LayerRows(values, outputs, false)
        : new LayerRows(turned(values, values.length / outputs), outputs, true);
  }

  /** The axis of a weight that counts outputs. */
  static int channelAxis(Node layer) {
    return layer.is("MatMul") || (layer.is("Gemm") && layer.integer("transB", 0) == 0) ? 1 : 0;
  }

  int size() {
    return values.length / outputs;
  }

  float[] row(int output) {
    return java.util.Arrays.copyOfRange(values, output * size(), (output + 1) * size());
  }

  /** Integers in the order of the rows, as the model wants them. */
  byte[] asStored(byte[] levels) {
    if (!turned) {
      return levels;
    }
    byte[] stored = new byte[levels.length];
    int size = size();
    for (int i = 0; i < levels.length; i++) {
      stored[i % size * outputs + i / size] = levels[i];
    }
    return stored;
  }

  private static float[] turned(float[] values, int rows) {
    float[] turned = new float[values.length];
    int columns = values.length / rows;
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return turned;
  }
}
