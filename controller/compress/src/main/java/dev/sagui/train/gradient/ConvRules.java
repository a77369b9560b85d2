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
    if (to.wants(0)) {
      to.give(
          0,
          KernelCost.turns(window, x, y) ? turned(node, to, window) : spread(node, to, window, x));
    }
    if (to.wants(1)) {
      to.give(1, new Correlation(to.emit(), window, node.input(0), x, to.dy(), y).kernel());
    }
    bias(to);
  }

  private static String spread(Node node, Backward to, Window window, List<Long> x) {
    return to.emit()
        .node(
            window
                .attributes(NodeBuilder.of("ConvTranspose"))
                .inputs(to.dy(), node.input(1))
                .with("output_padding", window.unreached(x, to.outputShape())));
  }

  /** By a Conv whose kernel is turned around and has its channels swapped, group by group. */
  private static String turned(Node node, Backward to, Window window) {
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
    return e.node(
        NodeBuilder.of("Conv")
            .inputs(to.dy(), e.reshape(swapped, flat))
            .with("dilations", window.dilations())
            .with("pads", window.turnedPads())
            .with("group", group));
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
