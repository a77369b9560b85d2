/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorSize;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The bias of a layer, where it has one of its own or can be given one. */
final class Biases {
  private final OnnxModel model;
  private final Graph graph;

  Biases(OnnxModel model, Graph graph) {
    this.model = model;
    this.graph = graph;
  }

  /** Whether {@link #shift} can act on a layer with so many outputs. */
  boolean canShift(Node layer, int outputs) {
    if (layer.is("MatMul")) {
      return sum(layer).flatMap(sum -> bias(sum, outputs)).isPresent();
    }
    boolean takes = layer.is("Conv") || layer.is("ConvTranspose") || layer.is("Gemm");
    return takes
        && layer.number("beta", 1) == 1
        && layer.number("alpha", 1) == 1
        && (!layer.hasInput(2) || isBias(layer.input(2), outputs));
  }

  private Optional<Node> sum(Node product) {
    return graph.onlyUser(product.output(0)).filter(user -> user.is("Add"));
  }

  private Optional<String> bias(Node sum, int outputs) {
    return sum.inputs().stream().filter(name -> isBias(name, outputs)).findFirst();
  }

  private boolean isBias(String name, int outputs) {
    return graph
        .constant(name)
        .filter(tensor -> tensor.getDataType() == ElementType.FLOAT.number())
        .filter(tensor -> tensor.getDimsCount() == 1 && TensorSize.elements(tensor) == outputs)
        .isPresent();
  }

  /**
   * @param by added to each output
   */
  void shift(Node layer, double[] by) throws IOException {
    Node holder = layer.is("MatMul") ? sum(layer).orElseThrow() : layer;
    Optional<String> name =
        layer.is("MatMul")
            ? bias(holder, by.length)
            : Optional.of(layer.input(2)).filter(text -> !text.isEmpty());
    double[] values = by.clone();
    if (name.isPresent()) {
      double[] old = TensorValues.doubles(model, graph.constant(name.get()).orElseThrow());
      for (int i = 0; i < values.length; i++) {
        values[i] += old[i];
      }
    }
    TensorProto tensor = TensorValues.floats(List.of((long) values.length), values);
    String fresh = graph.addConstant(name.orElse(layer.output(0) + "/bias"), tensor);
    if (name.isEmpty()) {
      graph.set(holder, holder.proto().toBuilder().addInput(fresh).build());
      return;
    }
    int at = holder.inputs().indexOf(name.get());
    graph.set(holder, holder.proto().toBuilder().setInput(at, fresh).build());
    if (!graph.isUsed(name.get())) {
      graph.removeInitializer(name.get());
    }
  }
}
