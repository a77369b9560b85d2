/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.Node;
import java.util.List;

/**
 * One spatial axis of a convolution's window.
 *
 * @param padBefore what ONNX calls the begin of the axis
 */
public record Window(int kernel, int stride, int dilation, int padBefore, int padAfter) {
  private static final Window NONE = new Window(1, 1, 1, 0, 0);

  /** The window along axis {@code axis} of {@code rank} for an input of {@code length}. */
  public static Window of(Node node, int kernel, int axis, int rank, int length) {
    int stride = at(node.integers("strides"), axis, 1);
    int dilation = at(node.integers("dilations"), axis, 1);
    String auto = node.text("auto_pad", "NOTSET");
    if (auto.startsWith("SAME")) {
      int out = (length + stride - 1) / stride;
      int pads = Math.max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - length);
      int less = pads / 2;
      return auto.equals("SAME_UPPER")
          ? new Window(kernel, stride, dilation, less, pads - less)
          : new Window(kernel, stride, dilation, pads - less, less);
    }
    List<Long> pads = auto.equals("VALID") ? List.of() : node.integers("pads");
    return new Window(kernel, stride, dilation, at(pads, axis, 0), at(pads, axis + rank, 0));
  }

  public static Window none() {
    return NONE;
  }

  public int positions(int length) {
    return (length + padBefore + padAfter - (kernel - 1) * dilation - 1) / stride + 1;
  }

  /** Where in the input tap {@code tap} of position {@code at} lies; outside it is padding. */
  public int index(int at, int tap) {
    return at * stride - padBefore + tap * dilation;
  }

  private static int at(List<Long> values, int index, int otherwise) {
    return index < values.size() ? values.get(index).intValue() : otherwise;
  }
}
