/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.Arrays;
import java.util.List;

/** Resize is a linear map along each axis; its gradient is that map transposed. */
final class ResizeRule {
  private ResizeRule() {}

  static void back(Node node, Backward to) {
    List<Long> x = to.inputShape(0);
    List<Long> y = to.outputShape();
    double[] scales = scales(node, to, x, y);
    String back = to.dy();
    long[] size = Emitter.array(y);
    for (int axis = x.size() - 1; axis >= 0; axis--) {
      if (!x.get(axis).equals(y.get(axis)) || scales[axis] != 1) {
        AxisMap map = Interpolation.of(node, to, x.get(axis), y.get(axis), scales[axis]);
        back = map.transposed(to.emit(), back, size, axis);
        size[axis] = x.get(axis);
      }
    }
    to.give(0, back);
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
