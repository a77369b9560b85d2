/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Convolutions and transposed ones, each the other's gradient with regard to its input. */
final class ConvRules {
  static final Map<String, GradientRule> ALL =
      Map.of("Conv", ConvRules::conv, "ConvTranspose", ConvRules::transposed);

  private ConvRules() {}

  private static void conv(Node node, Backward to) {
    Window window = Window.of(node, to);
    List<Long> x = to.inputShape(0);
    List<Long> y = to.outputShape();
    boolean turns = KernelCost.turns(window, x, y);
    String kernel = turns ? turnedKernel(node, to, window) : node.input(1);
    if (to.wants(0)) {
      to.give(0, turns ? turned(to, window, kernel) : spread(to, window, kernel, x));
    }
    if (to.wants(1)) {
      to.give(1, new Correlation(to.emit(), window, node.input(0), x, to.dy(), y).kernel());
    }
    bias(to);
    if (turns && !window.isPoint() && window.group() == 1 && to.wants(1)) {
      forward(node, to, window, kernel);
    }
  }

  /**
   * The Conv itself by its transposed twin, for the same reason as its gradient is not by that one.
   */
  private static void forward(Node node, Backward to, Window window, String turned) {
    NodeBuilder twin = NodeBuilder.of("ConvTranspose").inputs(node.input(0), turned);
    if (node.hasInput(2)) {
      twin.inputs(node.input(2));
    }
    to.rewrite(twin.with("dilations", window.dilations()).with("pads", window.turnedPads()));
  }

  private static String spread(Backward to, Window window, String kernel, List<Long> x) {
    return to.emit()
        .node(
            window
                .attributes(NodeBuilder.of("ConvTranspose"))
                .inputs(to.dy(), kernel)
                .with("output_padding", window.unreached(x, to.outputShape())));
  }

  private static String turned(Backward to, Window window, String kernel) {
    return to.emit()
        .node(
            NodeBuilder.of("Conv")
                .inputs(to.dy(), kernel)
                .with("dilations", window.dilations())
                .with("pads", window.turnedPads())
                .with("group", window.group()));
  }

  /** The kernel turned around, its channels swapped, group by group. */
  private static String turnedKernel(Node node, Backward to, Window window) {
    Emitter e = to.emit();
    int axes = window.axes();
    long group = window.group();
    List<Long> shape = to.inputShape(1);
    String kernel = node.input(1);
    if (!window.isPoint()) {
      long[] ends = new long[axes];
      long[] back = new long[axes];
      Arrays.fill(ends, Long.MIN_VALUE);
      Arrays.fill(back, -1);
      long[] space = Channels.of(shape).space();
      kernel = e.slice(kernel, space, back, ends, back);
    }
    List<Long> split = new ArrayList<>(List.of(group, shape.get(0) / group, shape.get(1)));
    split.addAll(shape.subList(2, shape.size()));
    long[] order = LayoutRules.range(axes + 3);
    order[1] = 2;
    order[2] = 1;
    String swapped = e.transpose(e.reshape(kernel, split), order);
    List<Long> flat = window.kernelShape(group * shape.get(1), shape.get(0) / group);
    return e.reshape(swapped, flat);
  }

  private static void transposed(Node node, Backward to) {
    Window window = Window.ofTransposed(node, to);
    List<Long> x = to.inputShape(0);
    List<Long> y = to.outputShape();
    if (to.wants(0)) {
      NodeBuilder back = window.attributes(NodeBuilder.of("Conv"));
      to.give(0, to.emit().node(back.inputs(to.dy(), node.input(1))));
    }
    if (to.wants(1)) {
      to.give(1, new Correlation(to.emit(), window, to.dy(), y, node.input(0), x).kernel());
    }
    bias(to);
  }

  private static void bias(Backward to) {
    if (to.wants(2)) {
      to.give(2, Channels.of(to.outputShape()).sum(to.emit(), to.dy()));
    }
  }
}
