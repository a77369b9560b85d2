/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Operators that move elements, and rotations. */
final class LayoutRules {
  static final Map<String, GradientRule> ALL = new HashMap<>();

  static {
    for (String same : new String[] {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}) {
      ALL.put(same, (node, to) -> to.give(0, to.emit().reshape(to.dy(), to.inputShape(0))));
    }
    ALL.put("Transpose", LayoutRules::transpose);
    ALL.put("Concat", LayoutRules::concat);
    ALL.put("Split", LayoutRules::split);
    ALL.put("Slice", LayoutRules::slice);
    ALL.put("DepthToSpace", LayoutRules::depthToSpace);
    ALL.put("SpaceToDepth", LayoutRules::spaceToDepth);
    ALL.put("Tile", LayoutRules::tile);
    ALL.put("Trilu", LayoutRules::triangle);
    ALL.put("com.microsoft.RotaryEmbedding", LayoutRules::rotation);
  }

  private LayoutRules() {}

  private static void transpose(Node node, Backward to) {
    int rank = to.outputShape().size();
    long[] inverse = new long[rank];
    List<Long> order = node.integers("perm");
    for (int i = 0; i < rank; i++) {
      inverse[order.isEmpty() ? rank - 1 - i : order.get(i).intValue()] = i;
    }
    to.give(0, to.emit().transpose(to.dy(), inverse));
  }

  private static void concat(Node node, Backward to) {
    int axis = axis(node.integer("axis", 0), to.outputShape().size());
    long from = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      long size = to.inputShape(i).get(axis);
      if (to.wants(i)) {
        to.give(i, to.emit().slice(to.dy(), axis, from, from + size, 1));
      }
      from += size;
    }
  }

  private static void split(Node node, Backward to) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      parts.add(to.dy(i));
    }
    to.give(0, to.emit().concat(axis(node.integer("axis", 0), to.outputShape().size()), parts));
  }

  private static void depthToSpace(Node node, Backward to) {
    Emitter e = to.emit();
    long block = node.integer("blocksize", 1);
    if (node.text("mode", "DCR").equals("DCR")) {
      NodeBuilder back = NodeBuilder.of("SpaceToDepth").with("blocksize", block);
      to.give(0, e.node(back.inputs(to.dy())));
      return;
    }
    List<Long> x = to.inputShape(0);
    long channels = x.get(1) / (block * block);
    List<Long> parts = List.of(x.get(0), channels, x.get(2), block, x.get(3), block);
    to.give(0, e.reshape(e.transpose(e.reshape(to.dy(), parts), 0, 1, 3, 5, 2, 4), x));
  }

  private static void spaceToDepth(Node node, Backward to) {
    NodeBuilder back =
        NodeBuilder.of("DepthToSpace").with("blocksize", node.integer("blocksize", 1));
    to.give(0, to.emit().node(back.inputs(to.dy())));
  }

  private static void tile(Node node, Backward to) {
    List<Long> x = to.inputShape(0);
    long[] repeats = to.integers(1);
    List<Long> parts = new ArrayList<>();
    for (int i = 0; i < repeats.length; i++) {
      parts.addAll(List.of(repeats[i], x.get(i)));
    }
    long[] copies = Arrays.stream(range(repeats.length)).map(i -> 2 * i).toArray();
    to.give(0, to.emit().sum(to.emit().reshape(to.dy(), parts), false, copies));
  }

  private static void triangle(Node node, Backward to) {
    NodeBuilder same = NodeBuilder.of("Trilu").with("upper", node.integer("upper", 1));
    same.inputs(to.dy());
    to.give(0, to.emit().node(node.hasInput(1) ? same.inputs(node.input(1)) : same));
  }

  /** Su et al. 2021: the rotation back. */
  private static void rotation(Node node, Backward to) {
    String back = to.emit().negative(node.input(3));
    NodeProto.Builder turned =
        node.proto().toBuilder().clearName().clearOutput().setInput(0, to.dy()).setInput(3, back);
    to.give(0, to.emit().node(turned));
  }

  /** An axis counted from the front. */
  static int axis(long axis, int rank) {
    return Math.toIntExact(axis < 0 ? axis + rank : axis);
  }

  /** Back to where the elements came from, zeros elsewhere; an axis at a time. */
  private static void slice(Node node, Backward to) {
    List<Long> shape = to.inputShape(0);
    long[] starts = to.integers(1);
    long[] axes = to.integers(3, range(starts.length));
    long[] ones = new long[starts.length];
    Arrays.fill(ones, 1);
    long[] steps = to.integers(4, ones);
    List<Long> taken = new ArrayList<>(to.outputShape());
    String back = to.dy();
    for (int i = 0; i < axes.length; i++) {
      int axis = axis(axes[i], shape.size());
      long size = shape.get(axis);
      long start = starts[i] < 0 ? Math.max(0, starts[i] + size) : starts[i];
      start = steps[i] < 0 ? Math.min(start, size - 1) : Math.min(start, size);
      back = spread(to.emit(), back, taken, axis, start, steps[i], size);
      taken.set(axis, size);
    }
    to.give(0, back);
  }

  /** 0, 1, … */
  static long[] range(int count) {
    long[] range = new long[count];
    Arrays.setAll(range, i -> i);
    return range;
  }

  /** Elements that lie {@code step} apart from {@code start} on, among zeros. */
  private static String spread(
      Emitter e, String dy, List<Long> shape, int axis, long start, long step, long size) {
    long count = shape.get(axis);
    if (count == 0) {
      List<Long> full = new ArrayList<>(shape);
      full.set(axis, size);
      return e.zeros(full);
    }
    long stride = Math.abs(step);
    String forward = step < 0 ? e.slice(dy, axis, -1, Long.MIN_VALUE, -1) : dy;
    long first = step < 0 ? start - (count - 1) * stride : start;
    String wide = stride == 1 ? forward : apart(e, forward, shape, axis, stride);
    int rank = shape.size();
    long[] pads = new long[2 * rank];
    pads[axis] = first;
    pads[rank + axis] = size - first - count * stride;
    return e.pad(wide, pads);
  }

  /** Each element with {@code stride} − 1 zeros after it. */
  private static String apart(Emitter e, String value, List<Long> shape, int axis, long stride) {
    List<Long> single = new ArrayList<>(shape);
    single.add(axis + 1, 1L);
    long[] pads = new long[2 * single.size()];
    pads[single.size() + axis + 1] = stride - 1;
    List<Long> joined = new ArrayList<>(shape);
    joined.set(axis, shape.get(axis) * stride);
    return e.reshape(e.pad(e.reshape(value, single), pads), joined);
  }
}
