/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.Arrays;
import java.util.List;

/**
 * How a kernel moves over space, one number an axis.
 *
 * @param pads before all axes, then after all
 */
record Window(long[] kernel, long[] strides, long[] dilations, long[] pads, long group) {
  /** Of a convolution, transposed or not, whose padding is written out. */
  static Window of(Node node, Backward to) {
    String auto = node.text("auto_pad", "NOTSET");
    boolean written = auto.equals("NOTSET") || auto.equals("VALID");
    if (!written || !node.integers("output_shape").isEmpty()) {
      throw to.refused("its padding follows from its shapes, expected it written as pads");
    }
    List<Long> weight = to.inputShape(1);
    int axes = weight.size() - 2;
    return new Window(
        Emitter.array(weight.subList(2, weight.size())),
        numbers(node, "strides", axes, 1),
        numbers(node, "dilations", axes, 1),
        numbers(node, "pads", 2 * axes, 0),
        node.integer("group", 1));
  }

  private static long[] numbers(Node node, String attribute, int count, long otherwise) {
    long[] numbers = Emitter.array(node.integers(attribute));
    if (numbers.length == 0) {
      numbers = new long[count];
      Arrays.fill(numbers, otherwise);
    }
    return numbers;
  }

  int axes() {
    return kernel.length;
  }

  NodeBuilder attributes(NodeBuilder node) {
    return node.with("strides", strides)
        .with("dilations", dilations)
        .with("pads", pads)
        .with("group", group);
  }

  /** What lies behind the last place of the kernel, in padded space, by axis. */
  long[] unreached(List<Long> big, List<Long> small) {
    long[] rest = new long[axes()];
    for (int i = 0; i < rest.length; i++) {
      long padded = big.get(i + 2) + pads[i] + pads[axes() + i];
      rest[i] = padded - (small.get(i + 2) - 1) * strides[i] - (kernel[i] - 1) * dilations[i] - 1;
    }
    return rest;
  }
}
