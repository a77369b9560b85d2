/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Resize is a linear map along each axis; its gradient is that map transposed. */
final class ResizeRule {
  private ResizeRule() {}

  static void back(Node node, Backward to) {
    List<Long> x = to.inputShape(0);
    List<Long> y = to.outputShape();
    double[] scales = scales(node, to, x, y);
    List<AxisMap> maps = new ArrayList<>();
    for (int axis = 0; axis < x.size(); axis++) {
      maps.add(Interpolation.of(node, to, x.get(axis), y.get(axis), scales[axis]));
    }
    to.give(
        0,
        maps.stream().allMatch(AxisMap::repeats)
            ? repeated(to.emit(), to.dy(), x, y)
            : transposed(to.emit(), to.dy(), maps));
  }

  /** Where each element was written some times in a row along each axis. */
  private static String repeated(Emitter e, String dy, List<Long> x, List<Long> y) {
    List<Long> parts = new ArrayList<>();
    List<Long> copies = new ArrayList<>();
    for (int axis = 0; axis < x.size(); axis++) {
      parts.add(x.get(axis));
      if (!x.get(axis).equals(y.get(axis))) {
        copies.add((long) parts.size());
        parts.add(y.get(axis) / x.get(axis));
      }
    }
    return copies.isEmpty() ? dy : e.sum(e.reshape(dy, parts), false, Emitter.array(copies));
  }

  private static String transposed(Emitter e, String dy, List<AxisMap> maps) {
    long[] size = maps.stream().mapToLong(AxisMap::out).toArray();
    String back = dy;
    for (int axis = maps.size() - 1; axis >= 0; axis--) {
      if (!maps.get(axis).isIdentity()) {
        back = maps.get(axis).transposed(e, back, size, axis);
        size[axis] = maps.get(axis).in();
      }
    }
    return back;
  }

  /** By axis, as the node tells them; from the shapes where it tells sizes. */
  private static double[] scales(Node node, Backward to, List<Long> x, List<Long> y) {
    double[] scales = new double[x.size()];
    double[] told = node.hasInput(2) ? to.numbers(2) : new double[0];
    if (told.length == 0) {
      if (!node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
        throw to.refused("its keep_aspect_ratio_policy is not stretch");
      }
      Arrays.setAll(scales, i -> (double) y.get(i) / x.get(i));
      return scales;
    }
    Arrays.fill(scales, 1);
    List<Long> axes = node.integers("axes");
    for (int i = 0; i < told.length; i++) {
      int axis = axes.isEmpty() ? i : LayoutRules.axis(axes.get(i), x.size());
      scales[axis] = told[i];
    }
    return scales;
  }
}
