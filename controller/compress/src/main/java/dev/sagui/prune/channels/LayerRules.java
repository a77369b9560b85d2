/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Convolutions and matrix products: channels of the input are summed over, those given are new. */
final class LayerRules {
  static final String SLIDES = "slides along it";

  private static final String KERNEL = "%s " + SLIDES;

  private LayerRules() {}

  /** X [N, C, …] with W [M, C / group, k…]. */
  static void conv(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    List<Axis> w = context.input(1);
    int groups = (int) node.integer("group", 1);
    keepAllBut(context, node, x, 1);
    keepWindow(context, node, w);
    Axis given = w.get(0);
    if (groups == 1) {
      context.unite(x.get(1), w.get(1));
      context.consumer(1, 0);
    } else if (x.get(1).length() == groups) {
      depthwise(context, node, x.get(1), given);
    } else {
      coupled(context, node, x.get(1), w.get(1), groups);
      context.unite(given, Axis.of(RuleContext.repeated(part(context, given, groups), groups)));
    }
    bias(context, given);
    context.output(context.fixedBut(1, given));
  }

  /** X [N, C, …] with W [C, M / group, k…]. */
  static void transposedConv(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    List<Axis> w = context.input(1);
    int groups = (int) node.integer("group", 1);
    keepAllBut(context, node, x, 1);
    keepWindow(context, node, w);
    context.unite(x.get(1), w.get(0));
    Axis given = w.get(1);
    if (groups == 1) {
      context.consumer(0, 1);
    } else if (x.get(1).length() == groups) {
      int[] atoms = context.atoms(x.get(1), "%s has it fixed".formatted(node));
      context.keep(given, "%s gives every channel so many".formatted(node));
      given = Axis.of(RuleContext.stretched(atoms, w.get(1).length()));
      countGroups(context, x.get(1));
    } else {
      Axis input = x.get(1);
      context.unite(input, Axis.of(RuleContext.repeated(part(context, input, groups), groups)));
      given = Axis.of(RuleContext.repeated(context.atoms(given, "it is one"), groups));
    }
    bias(context, given);
    context.output(context.fixedBut(1, given));
  }

  /** Each input channel has its own outputs, which go with it. */
  private static void depthwise(RuleContext context, Node node, Axis input, Axis given) {
    int each = given.length() / input.length();
    int[] atoms = context.atoms(input, "%s has it fixed".formatted(node));
    context.unite(given, Axis.of(RuleContext.stretched(atoms, each)));
    countGroups(context, input);
  }

  private static void countGroups(RuleContext context, Axis channels) {
    context.rewrite(
        (graph, node, kept) -> {
          if (kept.cuts(channels)) {
            set(graph, node, "group", kept.count(channels));
          }
        });
  }

  static void set(Graph graph, Node node, String attribute, long value) {
    var builder = node.proto().toBuilder();
    for (AttributeProto.Builder each : builder.getAttributeBuilderList()) {
      if (each.getName().equals(attribute)) {
        each.setI(value);
      }
    }
    graph.set(node, builder.build());
  }

  /** All groups lose the same positions. */
  private static void coupled(RuleContext context, Node node, Axis input, Axis weight, int groups) {
    int[] atoms = context.atoms(weight, "%s has one a group".formatted(node));
    context.unite(input, Axis.of(RuleContext.repeated(atoms, groups)));
  }

  /** The positions of the first group, which stand for those of all. */
  private static int[] part(RuleContext context, Axis axis, int groups) {
    int[] atoms = context.atoms(axis, "its groups are fixed");
    return Arrays.copyOf(atoms, atoms.length / groups);
  }

  private static void bias(RuleContext context, Axis channels) {
    List<Axis> bias = context.input(2);
    if (!bias.isEmpty()) {
      context.unite(bias.get(0), channels);
    }
  }

  private static void keepAllBut(RuleContext context, Node node, List<Axis> axes, int channel) {
    context.keepBut(axes, channel, KERNEL.formatted(node));
  }

  private static void keepWindow(RuleContext context, Node node, List<Axis> weight) {
    for (Axis axis : weight.subList(2, weight.size())) {
      context.keep(axis, KERNEL.formatted(node));
    }
  }

  /** A [M, K] with B [K, N] and C that is broadcast, all but C perhaps transposed. */
  static void gemm(RuleContext context, Node node) {
    int row = node.integer("transA", 0) == 1 ? 1 : 0;
    int inner = node.integer("transB", 0) == 1 ? 1 : 0;
    List<Axis> a = context.input(0);
    List<Axis> b = context.input(1);
    context.unite(a.get(1 - row), b.get(inner));
    if (row == 0) {
      context.consumer(inner, 1 - inner);
    }
    List<Axis> given = List.of(a.get(row), b.get(1 - inner));
    List<Axis> c = context.input(2);
    context.output(c.isEmpty() ? given : ElementwiseRules.broadcast(context, List.of(given, c)));
  }

  /** A […, M, K] with B […, K, N]; what stands before is broadcast. */
  static void matMul(RuleContext context, Node node) {
    List<Axis> a = context.input(0);
    List<Axis> b = context.input(1);
    if (a.size() < 2 || b.size() < 2) {
      context.keepAll("%s multiplies a vector".formatted(node));
      return;
    }
    context.unite(a.get(a.size() - 1), b.get(b.size() - 2));
    if (b.size() == 2) {
      context.consumer(0, 1);
    }
    List<Axis> given =
        new ArrayList<>(
            ElementwiseRules.broadcast(
                context, List.of(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2))));
    given.add(a.get(a.size() - 2));
    given.add(b.get(b.size() - 1));
    context.output(given);
  }
}
