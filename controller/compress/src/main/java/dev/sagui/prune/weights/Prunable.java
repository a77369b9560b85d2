/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorSize;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.quantize.gram.WeightRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A float32 weight of two axes or more that an operator multiplies with, and the first such use.
 *
 * @param input what is multiplied; empty where that cannot be seen
 * @param size weights of an output, or of the last axis
 * @param table whether rows of it are looked up
 * @param depthwise whether each output has one input channel of its own
 */
record Prunable(
    TensorProto tensor,
    Node node,
    Optional<LayerInput> input,
    WeightRows rows,
    int size,
    boolean table,
    boolean depthwise) {
  private static final int MOST_ELEMENTS = 1 << 30;

  /** In the order of the nodes. */
  static List<Prunable> of(Graph graph) {
    Map<String, Prunable> found = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String name = node.input(i);
        if (isWeight(node, i) && !found.containsKey(name)) {
          int at = i;
          graph
              .constant(name)
              .filter(Prunable::fits)
              .ifPresent(tensor -> found.put(name, of(tensor, node, at)));
        }
      }
    }
    return new ArrayList<>(found.values());
  }

  private static boolean fits(TensorProto tensor) {
    return tensor.getDataType() == ElementType.FLOAT.number()
        && tensor.getDimsCount() >= 2
        && TensorSize.elements(tensor) > 0
        && TensorSize.elements(tensor) <= MOST_ELEMENTS;
  }

  private static boolean isWeight(Node node, int input) {
    return switch (node.isStandard() ? node.op() : "") {
      case "Conv", "ConvTranspose" -> input == 1;
      case "MatMul", "Gemm" -> input < 2;
      case "LSTM", "GRU", "RNN" -> input == 1 || input == 2;
      case "Gather", "Transpose" -> input == 0;
      default -> false;
    };
  }

  private static Prunable of(TensorProto tensor, Node node, int at) {
    Optional<LayerInput> input =
        at == 1 ? LayerInput.of(node, tensor.getDimsList()) : Optional.empty();
    long group = node.integer("group", 1);
    boolean depthwise = node.is("Conv") && group > 1 && tensor.getDims(1) == 1;
    int size =
        input.isPresent()
            ? input.get().size()
            : Math.toIntExact(tensor.getDims(tensor.getDimsCount() - 1));
    int count = Math.toIntExact(TensorSize.elements(tensor) / size);
    WeightRows rows =
        input.isPresent() ? WeightRows.of(input.get()) : new WeightRows(count, count, 0, size, 1);
    return new Prunable(tensor, node, input, rows, size, node.is("Gather"), depthwise);
  }

  String name() {
    return tensor.getName();
  }

  int elements() {
    return rows.count() * size;
  }

  /** The element of the tensor at column {@code column} of row {@code row}. */
  int at(int row, int column) {
    return rows.first(row) + column * rows.stride();
  }

  /** The tensor's elements, row by row: [rows, size]. */
  float[] rows(float[] values) {
    float[] turned = new float[values.length];
    for (int r = 0; r < rows.count(); r++) {
      for (int c = 0; c < size; c++) {
        turned[r * size + c] = values[at(r, c)];
      }
    }
    return turned;
  }

  /** The tensor's elements in its own order, of its rows. */
  float[] tensor(float[] turned) {
    float[] values = new float[turned.length];
    for (int r = 0; r < rows.count(); r++) {
      for (int c = 0; c < size; c++) {
        values[at(r, c)] = turned[r * size + c];
      }
    }
    return values;
  }
}
