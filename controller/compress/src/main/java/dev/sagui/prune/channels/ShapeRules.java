/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators that move axes as a whole. */
final class ShapeRules {
  private ShapeRules() {}

  static void transpose(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    List<Long> order = node.integers("perm");
    List<Axis> moved = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      moved.add(x.get(order.isEmpty() ? x.size() - 1 - i : order.get(i).intValue()));
    }
    context.output(moved);
  }

  /** Reshape, Flatten, Squeeze and Unsqueeze: the elements keep their order. */
  static void reshape(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    boolean told = !node.is("Reshape") || context.integers(1).isPresent();
    if (!told) {
      context.keepAll("%s computes its shape".formatted(node));
      return;
    }
    List<Axis> given = Regrouping.of(context, node, x, context.outputShape());
    context.output(given);
    if (node.is("Reshape")) {
      context.rewrite(
          (graph, at, kept) ->
              sizes(context, 1, given, kept)
                  .ifPresent(shape -> input(graph, at, 1, shape, "shape")));
    }
  }

  /** The constant sizes of an input with the new ones; 0 and −1 go on. */
  private static Optional<long[]> sizes(
      RuleContext context, int input, List<Axis> axes, Kept kept) {
    long[] sizes = context.integers(input).orElseThrow();
    boolean changed = false;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] > 0 && kept.cuts(axes.get(i))) {
        sizes[i] = kept.count(axes.get(i));
        changed = true;
      }
    }
    return changed ? Optional.of(sizes) : Optional.empty();
  }

  /** Gives a node other constant numbers, without a change for others that use the same. */
  static void input(Graph graph, Node node, int index, long[] values, String hint) {
    String name = graph.addConstant(node.output(0) + "_" + hint, TensorValues.longs(values));
    var builder = node.proto().toBuilder();
    while (builder.getInputCount() <= index) {
      builder.addInput("");
    }
    graph.set(node, builder.setInput(index, name).build());
  }

  /** An axis that was not stretched can be asked to be 1 long, which leaves it as it is. */
  static void expand(RuleContext context, Node node) {
    Optional<long[]> shape = context.integers(1);
    if (shape.isEmpty()) {
      context.keepAll("%s computes its shape".formatted(node));
      return;
    }
    List<Axis> stretched = Arrays.stream(shape.get()).mapToObj(Axis::fixed).toList();
    List<Axis> x = context.input(0);
    int ahead = Math.max(0, stretched.size() - x.size());
    List<Axis> given = new ArrayList<>(context.fixedBut(-1, Axis.fixed(1)));
    for (int i = 0; i < x.size(); i++) {
      if (x.get(i).length() == given.get(ahead + i).length()) {
        given.set(ahead + i, x.get(i));
      }
    }
    context.output(given);
    context.rewrite(
        (graph, at, kept) -> {
          long[] sizes = shape.get().clone();
          int skipped = given.size() - sizes.length;
          for (int i = 0; i < sizes.length; i++) {
            sizes[i] = kept.cuts(given.get(skipped + i)) ? 1 : sizes[i];
          }
          input(graph, at, 1, sizes, "shape");
        });
  }

  static void tile(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    long[] repeats = context.integers(1).orElse(new long[0]);
    List<Axis> given = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      if (i < repeats.length && repeats[i] == 1) {
        given.add(x.get(i));
      } else {
        context.keep(x.get(i), "%s repeats it".formatted(node));
        given.add(Axis.fixed(context.outputShape().get(i)));
      }
    }
    context.output(given);
  }

  static void pad(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    long[] pads = context.integers("pads", 1).orElse(new long[0]);
    if (pads.length != 2 * x.size()) {
      context.keepAll("%s computes its pads".formatted(node));
      return;
    }
    List<Axis> given = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      boolean padded = pads[i] != 0 || pads[i + x.size()] != 0;
      if (padded) {
        context.keep(x.get(i), "%s adds to it".formatted(node));
      }
      given.add(padded ? Axis.fixed(context.outputShape().get(i)) : x.get(i));
    }
    context.output(given);
  }

  /** Scales of 1 leave an axis as it is; sizes are told anew. */
  static void resize(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    List<Axis> given = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      long length = context.outputShape().get(i);
      if (length != x.get(i).length()) {
        context.keep(x.get(i), "%s stretches it".formatted(node));
      }
      given.add(length == x.get(i).length() ? x.get(i) : Axis.fixed(length));
    }
    context.output(given);
    for (int i = 1; i < node.inputs().size(); i++) {
      context.input(i).forEach(axis -> context.keep(axis, "%s is told by it".formatted(node)));
    }
    if (node.hasInput(3)) {
      if (context.integers(3).isEmpty() || !node.integers("axes").isEmpty()) {
        context.keepAll("%s computes its sizes".formatted(node));
        return;
      }
      context.rewrite(
          (graph, at, kept) ->
              sizes(context, 3, given, kept)
                  .ifPresent(sizes -> input(graph, at, 3, sizes, "sizes")));
    }
  }

  /** [N, C b b, H, W] to [N, C, H b, W b]: the positions that make one channel go together. */
  static void depthToSpace(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    context.keepBut(x, 1, "%s spreads along it".formatted(node));
    int blocks = (int) (node.integer("blocksize", 1) * node.integer("blocksize", 1));
    int channels = x.get(1).length() / blocks;
    boolean columnFirst = node.text("mode", "DCR").equals("CRD");
    int[] atoms = context.atoms(x.get(1), "%s has it fixed".formatted(node));
    int[] given = new int[channels];
    for (int i = 0; i < atoms.length; i++) {
      int channel = columnFirst ? i / blocks : i % channels;
      int first = columnFirst ? channel * blocks : channel;
      given[channel] = atoms[first];
      context.atoms().unite(atoms[first], atoms[i]);
    }
    context.output(context.fixedBut(1, Axis.of(given)));
  }

  /** [N, C, H b, W b] to [N, b b C, H, W]. */
  static void spaceToDepth(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    context.keepBut(x, 1, "%s gathers along it".formatted(node));
    int blocks = (int) (node.integer("blocksize", 1) * node.integer("blocksize", 1));
    int[] atoms = context.atoms(x.get(1), "%s has it fixed".formatted(node));
    context.output(context.fixedBut(1, Axis.of(RuleContext.repeated(atoms, blocks))));
  }

  /** What asks for a shape learns of every axis, but for a Gather of some. */
  static void shape(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    boolean[] asked = new boolean[x.size()];
    boolean output = context.graph().isOutput(node.output(0));
    for (Node user : context.graph().users(node.output(0))) {
      Optional<long[]> indices =
          user.is("Gather") && user.input(0).equals(node.output(0))
              ? context.constantIntegers(user.input(1))
              : Optional.empty();
      output |= indices.isEmpty();
      for (long index : indices.orElse(new long[0])) {
        asked[RuleContext.axis(index + start(node, x.size()), x.size())] = true;
      }
    }
    for (int i = 0; i < asked.length; i++) {
      if (asked[i] || output) {
        context.keep(x.get(i), "%s tells its length".formatted(node));
      }
    }
  }

  private static long start(Node node, int rank) {
    long start = node.integer("start", 0);
    return start < 0 ? start + rank : start;
  }
}
