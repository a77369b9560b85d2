/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Padding: what an element was copied to adds to its gradient. */
final class PadRule {
  private final Emitter emit;
  private final String mode;

  private PadRule(Emitter emit, String mode) {
    this.emit = emit;
    this.mode = mode;
  }

  static void back(Node node, Backward to) {
    Emitter e = to.emit();
    String mode = node.text("mode", "constant");
    List<Long> shape = to.inputShape(0);
    long[] pads = pads(to, shape.size());
    int rank = shape.size();
    if (mode.equals("constant")) {
      long[] undo = Arrays.stream(pads).map(pad -> -pad).toArray();
      String inner = e.pad(to.dy(), undo);
      to.give(0, inner);
      if (to.wants(2)) {
        String all = e.sum(to.dy(), false, LayoutRules.range(rank));
        String kept = e.sum(inner, false, LayoutRules.range(rank));
        to.give(2, e.reshape(e.subtract(all, kept), to.inputShape(2)));
      }
      return;
    }
    PadRule rule = new PadRule(e, mode);
    String back = to.dy();
    for (int axis = 0; axis < rank; axis++) {
      if (pads[axis] < 0 || pads[rank + axis] < 0) {
        throw to.refused("it cuts in mode %s, expected padding alone".formatted(mode));
      }
      back = rule.along(back, rank, axis, shape.get(axis), pads[axis], pads[rank + axis]);
    }
    to.give(0, back);
  }

  /** Of all axes, where the node may name some. */
  private static long[] pads(Backward to, int rank) {
    long[] some = to.integers(1);
    long[] axes = to.integers(3, LayoutRules.range(some.length / 2));
    long[] pads = new long[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      int axis = LayoutRules.axis(axes[i], rank);
      pads[axis] = some[i];
      pads[rank + axis] = some[axes.length + i];
    }
    return pads;
  }

  private String along(String dy, int rank, int axis, long size, long before, long after) {
    if (before == 0 && after == 0) {
      return dy;
    }
    List<String> parts = new ArrayList<>();
    parts.add(emit.slice(dy, axis, before, before + size, 1));
    if (before > 0) {
      parts.add(copied(dy, rank, axis, new Run(0, before, first(size, before)), size));
    }
    if (after > 0) {
      long from = before + size;
      parts.add(copied(dy, rank, axis, new Run(from, after, last(size, after)), size));
    }
    return emit.node("Sum", parts.toArray(String[]::new));
  }

  /**
   * Padding on one side.
   *
   * @param from where it starts in the output
   * @param count how much there is
   * @param source the lowest index that it was copied from
   */
  private record Run(long from, long count, long source) {}

  private long first(long size, long before) {
    return mode.equals("reflect") ? 1 : mode.equals("wrap") ? size - before : 0;
  }

  private long last(long size, long after) {
    return mode.equals("reflect") ? size - 1 - after : mode.equals("wrap") ? 0 : size - 1;
  }

  private String copied(String dy, int rank, int axis, Run run, long size) {
    String part = emit.slice(dy, axis, run.from(), run.from() + run.count(), 1);
    long width = run.count();
    if (mode.equals("edge")) {
      part = emit.sum(part, true, axis);
      width = 1;
    } else if (mode.equals("reflect")) {
      part = emit.slice(part, axis, -1, Long.MIN_VALUE, -1);
    }
    long[] pads = new long[2 * rank];
    pads[axis] = run.source();
    pads[rank + axis] = size - run.source() - width;
    return emit.pad(part, pads);
  }
}
