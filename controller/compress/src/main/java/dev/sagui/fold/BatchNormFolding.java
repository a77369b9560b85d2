/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Puts what follows a layer channel by channel into its weights and bias: BatchNormalization, and
 * Mul, Add, Sub or Div by a constant. With y = a·(Wx + b) + c, W becomes a·W and b becomes a·b + c.
 */
final class BatchNormFolding implements Pass {
  /** y = scale·x + shift, for each channel. */
  private record Affine(double[] scale, double[] shift) {}

  @Override
  public String name() {
    return "fold-batch-norm";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int folded = 0;
    for (Node node : bench.graph().nodes()) {
      boolean again = Layer.isLayer(node);
      while (again) {
        Optional<Node> next = bench.graph().onlyUser(node.output(0));
        again = next.isPresent() && fold(bench, node, next.get());
        folded += again ? 1 : 0;
      }
    }
    return folded;
  }

  private static boolean fold(Bench bench, Node node, Node next) throws IOException {
    Optional<Layer> layer = Layer.of(bench, node);
    if (layer.isEmpty() || !next.isStandard()) {
      return false;
    }
    Optional<Affine> affine = affine(bench, layer.get(), next);
    if (affine.isEmpty()) {
      return false;
    }
    rewrite(bench, layer.get(), affine.get(), next.output(0));
    bench.graph().remove(next);
    return true;
  }

  private static Optional<Affine> affine(Bench bench, Layer layer, Node next) throws IOException {
    if (next.is("BatchNormalization")) {
      return batchNorm(bench, layer, next);
    }
    boolean first = next.input(0).equals(layer.node().output(0));
    String other = next.input(first ? 1 : 0);
    Optional<double[]> values =
        next.inputs().size() == 2 && !other.equals(layer.node().output(0))
            ? layer.perChannel(bench, other)
            : Optional.empty();
    if (values.isEmpty()) {
      return Optional.empty();
    }
    double[] v = values.get();
    double[] ones = filled(v.length, 1);
    double[] zeros = filled(v.length, 0);
    return switch (next.op()) {
      case "Mul" -> Optional.of(new Affine(v, zeros));
      case "Add" -> Optional.of(new Affine(ones, v));
      case "Sub" ->
          first
              ? Optional.of(new Affine(ones, map(v, x -> -x)))
              : Optional.of(new Affine(filled(v.length, -1), v));
      case "Div" -> first ? Optional.of(new Affine(map(v, x -> 1 / x), zeros)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** In inference: y = (x − mean) / √(variance + ε) · scale + bias. */
  private static Optional<Affine> batchNorm(Bench bench, Layer layer, Node node)
      throws IOException {
    Optional<double[]> gamma = bench.floats(node.input(1));
    Optional<double[]> beta = bench.floats(node.input(2));
    Optional<double[]> mean = bench.floats(node.input(3));
    Optional<double[]> variance = bench.floats(node.input(4));
    if (!node.input(0).equals(layer.node().output(0))
        || node.integer("training_mode", 0) != 0
        || node.integer("spatial", 1) != 1
        || node.outputs().stream().skip(1).anyMatch(bench.graph()::isUsed)
        || gamma.isEmpty()
        || beta.isEmpty()
        || mean.isEmpty()
        || variance.isEmpty()
        || gamma.get().length != layer.channels()) {
      return Optional.empty();
    }
    double epsilon = node.number("epsilon", 1e-5f);
    double[] scale = new double[layer.channels()];
    double[] shift = new double[layer.channels()];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma.get()[c] / Math.sqrt(variance.get()[c] + epsilon);
      shift[c] = beta.get()[c] - mean.get()[c] * scale[c];
    }
    return Optional.of(new Affine(scale, shift));
  }

  private static void rewrite(Bench bench, Layer layer, Affine affine, String output)
      throws IOException {
    Graph graph = bench.graph();
    TensorProto weight = layer.scaled(bench, affine.scale());
    double[] bias = layer.bias(bench);
    for (int c = 0; c < bias.length; c++) {
      bias[c] = affine.scale()[c] * bias[c] + affine.shift()[c];
    }
    NodeProto.Builder node = layer.node().proto().toBuilder();
    node.setInput(1, graph.addConstant(layer.node().input(1), weight));
    String hint =
        layer.node().hasInput(2) ? layer.node().input(2) : layer.node().input(1) + "_bias";
    String name = graph.addConstant(hint, TensorValues.floats(List.of((long) bias.length), bias));
    if (node.getInputCount() > 2) {
      node.setInput(2, name);
    } else {
      node.addInput(name);
    }
    graph.set(layer.node(), node.setOutput(0, output).build());
  }

  static double[] filled(int length, double value) {
    double[] values = new double[length];
    java.util.Arrays.fill(values, value);
    return values;
  }

  private static double[] map(double[] values, java.util.function.DoubleUnaryOperator f) {
    return java.util.Arrays.stream(values).map(f).toArray();
  }
}
