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
import java.util.stream.IntStream;

/** Operators that join axes or take parts of them. */
final class PartRules {
  private PartRules() {}

  static void concat(RuleContext context, Node node) {
    int rank = context.outputShape().size();
    int axis = RuleContext.axis(node.integer("axis", 0), rank);
    List<Axis> joined = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      joined.add(i == axis ? end(context, node, axis) : side(context, node, i));
    }
    context.output(joined);
  }

  private static Axis end(RuleContext context, Node node, int axis) {
    List<Axis> parts =
        IntStream.range(0, node.inputs().size()).mapToObj(i -> context.input(i).get(axis)).toList();
    if (parts.stream().allMatch(Axis::isFixed)) {
      return Axis.fixed(parts.stream().mapToInt(Axis::length).sum());
    }
    String why = "%s joins it with what is cut".formatted(node);
    return Axis.of(
        parts.stream().flatMapToInt(part -> Arrays.stream(context.atoms(part, why))).toArray());
  }

  private static Axis side(RuleContext context, Node node, int axis) {
    Axis common = context.input(0).get(axis);
    for (int i = 1; i < node.inputs().size(); i++) {
      Axis other = context.input(i).get(axis);
      boolean plain = common.isFixed() && other.isFixed();
      common = plain ? common : context.unite(common, other);
    }
    return common;
  }

  /** The parts are told anew, as none need be equal to another any more. */
  static void split(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    int axis = RuleContext.axis(node.integer("axis", 0), x.size());
    if (node.hasInput(1) && !context.isConstant(1)) {
      context.keepAll("%s computes its parts".formatted(node));
      return;
    }
    List<Axis> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < node.outputs().size(); i++) {
      int to = from + context.outputShape(i).get(axis).intValue();
      parts.add(x.get(axis).slice(from, to));
      context.output(i, RuleContext.with(x, axis, parts.get(i)));
      from = to;
    }
    if (context.opset() < 13) {
      context.keep(x.get(axis), "%s tells its parts as an attribute".formatted(node));
      return;
    }
    context.rewrite(
        (graph, at, kept) -> {
          if (kept.cuts(x.get(axis))) {
            var proto = at.proto().toBuilder();
            for (int i = proto.getAttributeCount() - 1; i >= 0; i--) {
              if (proto.getAttribute(i).getName().equals("num_outputs")) {
                proto.removeAttribute(i);
              }
            }
            graph.set(at, proto.build());
            long[] sizes = parts.stream().mapToLong(kept::count).toArray();
            ShapeRules.input(graph, at, 1, sizes, "split");
          }
        });
  }

  /** A run of positions, or any axis that is taken whole. */
  static void slice(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    Optional<long[]> starts = context.integers(1);
    Optional<long[]> ends = context.integers(2);
    Optional<long[]> axes = node.hasInput(3) ? context.integers(3) : Optional.of(new long[0]);
    Optional<long[]> steps = node.hasInput(4) ? context.integers(4) : Optional.of(new long[0]);
    if (context.opset() < 10
        || starts.isEmpty()
        || ends.isEmpty()
        || axes.isEmpty()
        || steps.isEmpty()) {
      context.keepAll("%s computes its part".formatted(node));
      return;
    }
    List<Axis> given = new ArrayList<>(x);
    List<Cut> cuts = new ArrayList<>();
    for (int i = 0; i < starts.get().length; i++) {
      int axis = RuleContext.axis(axes.get().length == 0 ? i : axes.get()[i], x.size());
      Axis whole = x.get(axis);
      long step = steps.get().length == 0 ? 1 : steps.get()[i];
      if (step != 1) {
        context.keep(whole, "%s takes every so many of it".formatted(node));
        given.set(axis, Axis.fixed(context.outputShape().get(axis)));
        cuts.add(new Cut(Axis.fixed(whole.length()), Axis.fixed(0), Axis.fixed(0)));
        continue;
      }
      int from = bounded(starts.get()[i], whole.length());
      int to = Math.max(from, bounded(ends.get()[i], whole.length()));
      given.set(axis, whole.slice(from, to));
      cuts.add(new Cut(whole, whole.slice(0, from), given.get(axis)));
    }
    context.output(given);
    context.rewrite((graph, at, kept) -> sliced(graph, at, kept, cuts, starts.get(), ends.get()));
  }

  private record Cut(Axis whole, Axis before, Axis taken) {}

  private static void sliced(
      Graph graph, Node node, Kept kept, List<Cut> cuts, long[] from, long[] to) {
    long[] starts = from.clone();
    long[] ends = to.clone();
    boolean changed = false;
    for (int i = 0; i < starts.length; i++) {
      Cut cut = cuts.get(i);
      if (kept.cuts(cut.whole())) {
        starts[i] = kept.count(cut.before());
        ends[i] = starts[i] + kept.count(cut.taken());
        changed = true;
      }
    }
    if (changed) {
      ShapeRules.input(graph, node, 1, starts, "starts");
      ShapeRules.input(graph, node, 2, ends, "ends");
    }
  }

  private static int bounded(long index, int length) {
    return (int) Math.min(length, Math.max(0, index < 0 ? index + length : index));
  }

  /** Rows by number: told numbers follow what is left, computed ones keep the axis. */
  static void gather(RuleContext context, Node node) {
    List<Axis> x = context.input(0);
    int axis = RuleContext.axis(node.integer("axis", 0), x.size());
    Axis whole = x.get(axis);
    Optional<long[]> indices = context.integers(1);
    int rank = context.input(1).size();
    List<Axis> given = new ArrayList<>(x.subList(0, axis));
    if (indices.isPresent() && rank == 1 && !whole.isFixed()) {
      int[] taken =
          Arrays.stream(indices.get())
              .mapToInt(i -> whole.atoms()[RuleContext.axis(i, whole.length())])
              .toArray();
      given.add(Axis.of(taken));
      context.rewrite((graph, at, kept) -> gathered(graph, at, kept, whole, indices.get()));
    } else {
      context.keep(whole, "%s looks up its rows".formatted(node));
      context.input(1).forEach(each -> given.add(Axis.fixed(each.length())));
    }
    given.addAll(x.subList(axis + 1, x.size()));
    context.output(given);
  }

  private static void gathered(Graph graph, Node node, Kept kept, Axis whole, long[] indices) {
    if (!kept.cuts(whole)) {
      return;
    }
    int[] positions = kept.positions(whole);
    long[] left =
        Arrays.stream(indices)
            .map(i -> RuleContext.axis(i, whole.length()))
            .filter(i -> kept.isKept(whole.atoms()[(int) i]))
            .map(i -> Arrays.binarySearch(positions, (int) i))
            .toArray();
    String name = graph.addConstant(node.output(0) + "_indices", TensorValues.longs(left));
    graph.set(node, node.proto().toBuilder().setInput(1, name).build());
  }
}
