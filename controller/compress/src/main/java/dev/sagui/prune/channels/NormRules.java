/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;

/** Normalizations, reductions and what else looks along an axis. */
final class NormRules {
  private static final String MIXES = "%s mixes all of it";

  private NormRules() {}

  /** Scales and the like are per channel; used by batch and instance normalization and PRelu. */
  static void perChannel(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    for (int i = 1; i < node.inputs().size(); i++) {
      if (!context.input(i).isEmpty()) {
        context.unite(x.get(1), context.input(i).get(0));
      }
    }
    context.output(x);
  }

  /** Scales and zero points are of the whole tensor, or per position along one axis. */
  static void scaled(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    if (node.integer("block_size", 0) > 0) {
      context.keepAll("%s has a scale for each block".formatted(node));
      return;
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      List<Axis> parameter = context.input(i);
      if (parameter.size() == 1 && parameter.get(0).length() > 1) {
        int axis = RuleContext.axis(node.integer("axis", 1), x.size());
        context.unite(x.get(axis), parameter.get(0));
      }
    }
    context.output(x);
  }

  /** All axes from {@code axis} on. */
  static void layer(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    int from = RuleContext.axis(node.integer("axis", -1), x.size());
    List<List<Axis>> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.hasInput(i)) {
        operands.add(context.input(i));
      }
    }
    List<Axis> all = ElementwiseRules.broadcast(context, operands);
    all.subList(from, all.size()).forEach(axis -> context.keep(axis, MIXES.formatted(node)));
    context.output(all);
  }

  /** Whole groups can go: the others' means and variances stay as they are. */
  static void group(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    Axis channels = x.get(1);
    int groups = (int) node.integer("num_groups", 1);
    int each = channels.length() / groups;
    int[] atoms = context.atoms(channels, "%s has it fixed".formatted(node));
    int[] firsts = new int[groups];
    for (int i = 0; i < atoms.length; i++) {
      firsts[i / each] = atoms[i / each * each];
      context.atoms().unite(firsts[i / each], atoms[i]);
    }
    Axis whole = Axis.of(firsts);
    for (int i = 1; i < 3; i++) {
      Axis parameter = context.input(i).get(0);
      context.unite(parameter, parameter.length() == groups ? whole : channels);
    }
    context.rewrite(
        (graph, at, kept) -> {
          if (kept.cuts(whole)) {
            LayerRules.set(graph, at, "num_groups", kept.count(whole));
          }
        });
    context.output(x);
  }

  /** Along one axis, the last unless it says so. */
  static void softmax(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    if (context.opset() < 13) {
      context.keepAll(MIXES.formatted(node));
      return;
    }
    int axis = RuleContext.axis(node.integer("axis", -1), x.size());
    context.keep(x.get(axis), MIXES.formatted(node));
    context.output(x);
  }

  static void reduce(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    long[] given = context.integers("axes", 1).orElse(new long[0]);
    List<Integer> axes = new ArrayList<>();
    for (long axis : given) {
      axes.add(RuleContext.axis(axis, x.size()));
    }
    boolean all = given.length == 0;
    if (node.hasInput(1) && !context.isConstant(1)) {
      context.keepAll("%s computes what it reduces".formatted(node));
      return;
    }
    List<Axis> left = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      boolean reduced = all || axes.contains(i);
      if (reduced) {
        context.keep(x.get(i), MIXES.formatted(node));
      }
      if (!reduced) {
        left.add(x.get(i));
      } else if (node.integer("keepdims", 1) == 1) {
        left.add(Axis.fixed(1));
      }
    }
    context.output(left);
  }

  /** Windows or all of an image, for each channel. */
  static void pool(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    context.keepBut(x, 1, "%s looks along it".formatted(node));
    context.output(context.fixedBut(1, x.get(1)));
  }
}
