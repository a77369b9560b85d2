/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sums, means, norms and extremes over axes, and what divides by them. */
final class ReduceRules {
  static final Map<String, GradientRule> ALL =
      Map.ofEntries(
          Map.entry("ReduceSum", (node, to) -> to.give(0, spread(node, to))),
          Map.entry("ReduceMean", ReduceRules::mean),
          Map.entry("ReduceMax", ReduceRules::extreme),
          Map.entry("ReduceMin", ReduceRules::extreme),
          Map.entry("ReduceL1", ReduceRules::absolute),
          Map.entry("ReduceL2", ReduceRules::length),
          Map.entry("ReduceSumSquare", ReduceRules::square),
          Map.entry("ReduceLogSum", ReduceRules::logSum),
          Map.entry("ReduceLogSumExp", ReduceRules::logSumExp),
          Map.entry("ReduceProd", ReduceRules::product),
          Map.entry("CumSum", ReduceRules::runningSum),
          Map.entry("Softmax", ReduceRules::softmax),
          Map.entry("LogSoftmax", ReduceRules::logSoftmax));

  /** A norm below this counts as this, so that a vector of zeros has no gradient. */
  private static final double SHORTEST = 1e-12;

  private ReduceRules() {}

  private static void mean(Node node, Backward to) {
    double share = (double) Backward.product(to.outputShape()) / Backward.product(to.inputShape(0));
    String dy = to.emit().multiply(to.dy(), share);
    to.give(0, spread(node, to, dy));
  }

  /** Equal ones share it. */
  private static void extreme(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> kept = kept(node, to);
    String chosen = e.number(e.node("Equal", node.input(0), e.reshape(node.output(0), kept)));
    String many = e.sum(chosen, true, axes(node, to, kept.size()));
    to.give(0, e.multiply(chosen, e.divide(e.reshape(to.dy(), kept), many)));
  }

  private static void absolute(Node node, Backward to) {
    Emitter e = to.emit();
    to.give(0, e.multiply(e.node("Sign", node.input(0)), e.reshape(to.dy(), kept(node, to))));
  }

  private static void length(Node node, Backward to) {
    Emitter e = to.emit();
    String norm = e.node("Max", node.output(0), e.scalar(SHORTEST));
    String share = e.reshape(e.divide(to.dy(), norm), kept(node, to));
    to.give(0, e.multiply(node.input(0), share));
  }

  private static void square(Node node, Backward to) {
    Emitter e = to.emit();
    String twice = e.multiply(e.reshape(to.dy(), kept(node, to)), 2);
    to.give(0, e.multiply(node.input(0), twice));
  }

  private static void logSum(Node node, Backward to) {
    Emitter e = to.emit();
    to.give(0, spread(node, to, e.multiply(to.dy(), e.node("Exp", e.negative(node.output(0))))));
  }

  private static void logSumExp(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> kept = kept(node, to);
    String share = e.node("Exp", e.subtract(node.input(0), e.reshape(node.output(0), kept)));
    to.give(0, e.multiply(share, e.reshape(to.dy(), kept)));
  }

  /** Of numbers that are not zero. */
  private static void product(Node node, Backward to) {
    Emitter e = to.emit();
    String all = e.reshape(e.multiply(to.dy(), node.output(0)), kept(node, to));
    to.give(0, e.divide(all, node.input(0)));
  }

  /** From the other end. */
  private static void runningSum(Node node, Backward to) {
    to.give(
        0,
        to.emit()
            .node(
                NodeBuilder.of("CumSum")
                    .inputs(to.dy(), node.input(1))
                    .with("exclusive", node.integer("exclusive", 0))
                    .with("reverse", 1 - node.integer("reverse", 0))));
  }

  private static void softmax(Node node, Backward to) {
    Emitter e = to.emit();
    String y = node.output(0);
    String weighted = e.multiply(to.dy(), y);
    to.give(0, e.subtract(weighted, e.multiply(y, e.sum(weighted, true, last(node, to)))));
  }

  private static void logSoftmax(Node node, Backward to) {
    Emitter e = to.emit();
    String sum = e.sum(to.dy(), true, last(node, to));
    to.give(0, e.subtract(to.dy(), e.multiply(e.node("Exp", node.output(0)), sum)));
  }

  private static long last(Node node, Backward to) {
    return LayoutRules.axis(node.integer("axis", -1), to.outputShape().size());
  }

  /** The gradient of the sum, once for each element that went into it. */
  private static String spread(Node node, Backward to) {
    return spread(node, to, to.dy());
  }

  private static String spread(Node node, Backward to, String dy) {
    Emitter e = to.emit();
    return e.expand(e.reshape(dy, kept(node, to)), to.inputShape(0));
  }

  /** The output's shape with each axis that went as 1. */
  private static List<Long> kept(Node node, Backward to) {
    List<Long> kept = new ArrayList<>(to.inputShape(0));
    for (long axis : axes(node, to, kept.size())) {
      kept.set(LayoutRules.axis(axis, kept.size()), 1L);
    }
    return kept;
  }

  /** From the attribute or, since opset 13 and 18, the input; all where neither says. */
  private static long[] axes(Node node, Backward to, int rank) {
    long[] axes = to.integers(1, Emitter.array(node.integers("axes")));
    boolean told = axes.length > 0 || node.integer("noop_with_empty_axes", 0) == 1;
    return told ? axes : LayoutRules.range(rank);
  }
}
