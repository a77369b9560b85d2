/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
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
    if (to.wants(0)) {
      long[] missing = window.unreached(x, to.outputShape());
      NodeBuilder back = window.attributes(NodeBuilder.of("ConvTranspose"));
      to.give(
          0, to.emit().node(back.inputs(to.dy(), node.input(1)).with("output_padding", missing)));
    }
    if (to.wants(1)) {
      to.give(1, KernelGradient.of(to, window, node.input(0), x, to.dy(), to.outputShape()));
    }
    bias(to);
  }

  private static void transposed(Node node, Backward to) {
    Window window = Window.ofTransposed(node, to);
    if (to.wants(0)) {
      NodeBuilder back = window.attributes(NodeBuilder.of("Conv"));
      to.give(0, to.emit().node(back.inputs(to.dy(), node.input(1))));
    }
    if (to.wants(1)) {
      to.give(
          1,
          KernelGradient.of(
              to, window, to.dy(), to.outputShape(), node.input(0), to.inputShape(0)));
    }
    bias(to);
  }

  private static void bias(Backward to) {
    if (to.wants(2)) {
      to.give(2, Channels.of(to.outputShape()).sum(to.emit(), to.dy()));
    }
  }
}
