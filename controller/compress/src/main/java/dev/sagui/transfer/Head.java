/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A classifier's last layer: a Gemm, a MatMul with or without an Add behind it, or a convolution of
 * one pixel, with nothing but activations and changes of shape behind it.
 *
 * @param features what it takes, [batch, features] or [batch, features, 1, 1]
 * @param scores what it gives, its bias added
 * @param weight of its matrix
 * @param inputs features of a sample
 * @param classes that it tells apart
 */
record Head(String features, String scores, String weight, int inputs, int classes) {
  private static final Set<String> PASSED =
      Set.of(
          "Softmax", "LogSoftmax", "Sigmoid", "Identity", "Flatten", "Squeeze", "Reshape", "Cast");

  /**
   * @throws RejectedException UNSUPPORTED_MODEL for a model that does not end in such a layer
   */
  static Head of(OnnxModel model) {
    Graph graph = new Graph(model);
    String value = model.graph().getOutput(0).getName();
    String scores = value;
    while (true) {
      Optional<Node> node = graph.producer(value);
      if (node.isEmpty()) {
        throw unsupported(model, "nothing before '%s'".formatted(value));
      }
      Optional<TensorProto> weight = matrix(graph, node.get());
      if (weight.isPresent()) {
        return head(node.get(), weight.get(), scores);
      }
      if (isBias(graph, node.get())) {
        scores = value;
        boolean first = graph.constant(node.get().input(0)).isPresent();
        value = node.get().input(first ? 1 : 0);
      } else if (PASSED.contains(node.get().op())) {
        value = node.get().input(0);
        scores = value;
      } else {
        throw unsupported(model, "it ends in %s".formatted(node.get()));
      }
    }
  }

  /**
   * The model with a matrix of its own wherever one is used that is another's transposed, as the
   * table of tokens is for a language model's scores.
   */
  static OnnxModel untied(OnnxModel model) throws IOException {
    Graph graph = new Graph(model);
    for (Node node : graph.nodes()) {
      Optional<Node> turn = node.is("MatMul") ? graph.producer(node.input(1)) : Optional.empty();
      Optional<TensorProto> table =
          turn.filter(each -> each.is("Transpose")).flatMap(each -> graph.constant(each.input(0)));
      if (table.isPresent() && table.get().getDimsCount() == 2) {
        long rows = table.get().getDims(0);
        long columns = table.get().getDims(1);
        double[] values = TensorValues.doubles(model, table.get());
        double[] turned = new double[values.length];
        for (int i = 0; i < values.length; i++) {
          turned[(int) (i % columns * rows + i / columns)] = values[i];
        }
        String own =
            graph.addConstant("head.weight", TensorValues.floats(List.of(columns, rows), turned));
        graph.set(node, node.proto().toBuilder().setInput(1, own).build());
      }
    }
    dropUnused(graph);
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  private static Optional<TensorProto> matrix(Graph graph, Node node) {
    boolean suits =
        node.is("MatMul") || node.is("Conv") || (node.is("Gemm") && node.integer("transA", 0) == 0);
    return suits
        ? graph
            .constant(node.input(1))
            .filter(
                weight ->
                    weight.getDimsCount() > 1
                        && weight.getDimsList().subList(2, weight.getDimsCount()).stream()
                            .allMatch(side -> side == 1))
        : Optional.empty();
  }

  private static boolean isBias(Graph graph, Node node) {
    return node.is("Add")
        && node.inputs().stream().anyMatch(input -> graph.constant(input).isPresent());
  }

  private static Head head(Node node, TensorProto weight, String scores) {
    boolean first = node.is("Conv") || (node.is("Gemm") && node.integer("transB", 0) == 1);
    return new Head(
        node.input(0),
        scores,
        weight.getName(),
        Math.toIntExact(weight.getDims(first ? 1 : 0)),
        Math.toIntExact(weight.getDims(first ? 0 : 1)));
  }

  private static RejectedException unsupported(OnnxModel model, String found) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "expected a classifier that ends in Gemm, MatMul or a 1x1 Conv, of %s %s; take method full with a graph whose head suits the classes"
            .formatted(model.file(), found));
  }

  /** The layers before this one as a model of their own, which gives the features. */
  OnnxModel body(OnnxModel model) {
    GraphProto.Builder graph =
        model.graph().toBuilder()
            .clearOutput()
            .addOutput(ValueInfoProto.newBuilder().setName(features));
    OnnxModel tapped = model.with(model.proto().toBuilder().setGraph(graph).build());
    Graph used = new Graph(tapped);
    dropUnused(used);
    return model.with(model.proto().toBuilder().setGraph(used.build()).build());
  }

  private static void dropUnused(Graph graph) {
    boolean changed = true;
    while (changed) {
      List<Node> dead =
          graph.nodes().stream()
              .filter(node -> node.outputs().stream().noneMatch(graph::isUsed))
              .toList();
      dead.forEach(graph::remove);
      changed = !dead.isEmpty();
    }
    graph.initializers().stream()
        .filter(name -> !graph.isUsed(name))
        .forEach(graph::removeInitializer);
  }

  /** The model with another last layer. */
  OnnxModel replaced(OnnxModel model, LinearMap map) {
    Graph graph = new Graph(model);
    Node old = graph.users(weight).get(0);
    boolean kernel = old.is("Conv");
    graph.producer(scores).filter(node -> !node.equals(old)).ifPresent(graph::remove);
    graph.remove(old);
    long width = map.classes();
    List<Long> dims =
        kernel ? List.of(width, (long) inputs, 1L, 1L) : List.of(width, (long) inputs);
    String matrix = graph.freshName("head.weight");
    String bias = graph.freshName("head.bias");
    put(graph, matrix, dims, map.rows());
    put(graph, bias, List.of(width), map.bias());
    NodeBuilder node = NodeBuilder.of(kernel ? "Conv" : "Gemm").inputs(features, matrix, bias);
    graph.add((kernel ? node : node.with("transB", 1)).nameless(scores).build());
    dropUnused(graph);
    GraphProto.Builder built = graph.build().toBuilder().clearValueInfo();
    widen(built, width);
    return model.with(model.proto().toBuilder().setGraph(built).build());
  }

  /** Names of its matrix and its bias. */
  Set<String> weights(OnnxModel model) {
    Graph graph = new Graph(model);
    Set<String> names = new LinkedHashSet<>(graph.users(weight).get(0).inputs());
    graph.producer(scores).ifPresent(node -> names.addAll(node.inputs()));
    names.removeIf(name -> graph.constant(name).isEmpty());
    return names;
  }

  private static void put(Graph graph, String name, List<Long> dims, double[] values) {
    graph.put(TensorValues.floats(dims, values).toBuilder().setName(name).build());
  }

  /** Outputs that declare the old number of classes declare the new one. */
  private void widen(GraphProto.Builder graph, long width) {
    graph
        .getOutputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilderList()
        .stream()
        .skip(1)
        .filter(dim -> dim.getDimValue() == classes)
        .forEach(dim -> dim.setDimValue(width));
  }
}
