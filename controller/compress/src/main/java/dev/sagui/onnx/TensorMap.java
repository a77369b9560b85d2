/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Applies a function to every tensor of a model; what does not change is kept as it is. */
record TensorMap(UnaryOperator<TensorProto> each) {
  ModelProto model(ModelProto model) {
    ModelProto.Builder builder = model.toBuilder().setGraph(graph(model.getGraph()));
    replace(model.getFunctionsList(), this::function, builder::setFunctions);
    return builder.build();
  }

  GraphProto graph(GraphProto graph) {
    GraphProto.Builder builder = graph.toBuilder();
    boolean changed = replace(graph.getInitializerList(), each, builder::setInitializer);
    changed |=
        replace(graph.getSparseInitializerList(), this::sparse, builder::setSparseInitializer);
    changed |= replace(graph.getNodeList(), this::node, builder::setNode);
    return changed ? builder.build() : graph;
  }

  private FunctionProto function(FunctionProto function) {
    FunctionProto.Builder builder = function.toBuilder();
    return replace(function.getNodeList(), this::node, builder::setNode)
        ? builder.build()
        : function;
  }

  private NodeProto node(NodeProto node) {
    NodeProto.Builder builder = node.toBuilder();
    return replace(node.getAttributeList(), this::attribute, builder::setAttribute)
        ? builder.build()
        : node;
  }

  private AttributeProto attribute(AttributeProto attribute) {
    AttributeProto.Builder builder = attribute.toBuilder();
    boolean changed = replace(attribute.getTensorsList(), each, builder::setTensors);
    changed |= replace(attribute.getGraphsList(), this::graph, builder::setGraphs);
    changed |= replace(attribute.getSparseTensorsList(), this::sparse, builder::setSparseTensors);
    if (attribute.hasT()) {
      builder.setT(each.apply(attribute.getT()));
      changed = true;
    }
    if (attribute.hasG()) {
      builder.setG(graph(attribute.getG()));
      changed = true;
    }
    if (attribute.hasSparseTensor()) {
      builder.setSparseTensor(sparse(attribute.getSparseTensor()));
      changed = true;
    }
    return changed ? builder.build() : attribute;
  }

  private SparseTensorProto sparse(SparseTensorProto sparse) {
    return sparse.toBuilder()
        .setValues(each.apply(sparse.getValues()))
        .setIndices(each.apply(sparse.getIndices()))
        .build();
  }

  private static <T> boolean replace(List<T> items, UnaryOperator<T> change, IndexedSet<T> set) {
    boolean changed = false;
    for (int i = 0; i < items.size(); i++) {
      T after = change.apply(items.get(i));
      if (after != items.get(i)) {
        set.at(i, after);
        changed = true;
      }
    }
    return changed;
  }

  private interface IndexedSet<T> {
    Object at(int index, T value);
  }

  /** Shows every tensor of a graph, nested graphs included. */
  static void forEach(GraphProto graph, Consumer<TensorProto> visitor) {
    new TensorMap(
            tensor -> {
              visitor.accept(tensor);
              return tensor;
            })
        .graph(graph);
  }
}
