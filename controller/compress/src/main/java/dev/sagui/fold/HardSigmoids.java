/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.io.IOException;
import java.util.Optional;

/**
 * Writes clip(x + b, 0, d) / d, as exporters spell it, as HardSigmoid with α = 1/d and β = b/d: one
 * node, and one pass over memory, in place of three. The division may follow a product, as in x ·
 * clip(x + 3, 0, 6) / 6.
 */
final class HardSigmoids implements Pass {
  @Override
  public String name() {
    return "hard-sigmoid";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int found = 0;
    for (Node node : bench.graph().nodes()) {
      found += node.is("Add") && rewrite(bench, node) ? 1 : 0;
    }
    return found;
  }

  private static boolean rewrite(Bench bench, Node add) throws IOException {
    Graph graph = bench.graph();
    boolean second = scalar(bench, add.input(1)).isPresent();
    Optional<Double> shift = scalar(bench, add.input(second ? 1 : 0));
    Optional<Node> clip = graph.onlyUser(add.output(0)).filter(n -> n.is("Clip"));
    Optional<Node> next = clip.flatMap(n -> graph.onlyUser(n.output(0)));
    Optional<Node> product = next.filter(n -> n.is("Mul"));
    Optional<Node> end =
        (product.isPresent() ? product.flatMap(n -> graph.onlyUser(n.output(0))) : next)
            .filter(n -> n.is("Div"));
    if (shift.isEmpty() || end.isEmpty()) {
      return false;
    }
    Optional<Double> divisor = scalar(bench, end.get().input(1));
    Optional<Double> low = limit(bench, clip.get(), "min", 1);
    Optional<Double> high = limit(bench, clip.get(), "max", 2);
    if (divisor.isEmpty() || !low.equals(Optional.of(0.0)) || !high.equals(divisor)) {
      return false;
    }
    String made = product.isPresent() ? clip.get().output(0) : end.get().output(0);
    graph.remove(clip.get());
    graph.set(
        add,
        NodeProto.newBuilder()
            .setOpType("HardSigmoid")
            .setName(clip.get().proto().getName())
            .addInput(add.input(second ? 0 : 1))
            .addOutput(made)
            .addAttribute(number("alpha", 1 / divisor.get()))
            .addAttribute(number("beta", shift.get() / divisor.get()))
            .build());
    graph.remove(end.get());
    product.ifPresent(
        mul -> graph.set(mul, mul.proto().toBuilder().setOutput(0, end.get().output(0)).build()));
    return true;
  }

  private static Optional<Double> scalar(Bench bench, String value) throws IOException {
    return bench.floats(value).filter(v -> v.length == 1).map(v -> v[0]);
  }

  /** An attribute before opset 11, an input since. */
  private static Optional<Double> limit(Bench bench, Node clip, String attribute, int input)
      throws IOException {
    return clip.attribute(attribute).isPresent()
        ? Optional.of((double) clip.number(attribute, 0))
        : scalar(bench, clip.input(input));
  }

  private static AttributeProto number(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }
}
