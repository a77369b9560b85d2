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

/**
 * How a kernel moves over space, one number an axis.
 *
 * @param pads before all axes, then after all
 */
record Window(long[] kernel, long[] strides, long[] dilations, long[] pads, long group) {
  /** Of a convolution. */
  static Window of(Node node, Backward to) {
    return of(node, kernel(to), node.integer("group", 1))
        .padded(node, to.inputShape(0), to.outputShape());
  }

  /** Of a transposed convolution, whose output is what the window moves over. */
  static Window ofTransposed(Node node, Backward to) {
    Window plain = of(node, kernel(to), node.integer("group", 1));
    return node.integers("output_shape").isEmpty()
        ? plain.padded(node, to.outputShape(), to.inputShape(0))
        : plain.filling(to.outputShape(), to.inputShape(0), sameUpper(node));
  }

  /** Of a pool. */
  static Window ofPool(Node node, Backward to) {
    return of(node, Emitter.array(node.integers("kernel_shape")), 1)
        .padded(node, to.inputShape(0), to.outputShape());
  }

  private static long[] kernel(Backward to) {
    List<Long> weight = to.inputShape(1);
    return Emitter.array(weight.subList(2, weight.size()));
  }

  private static Window of(Node node, long[] kernel, long group) {
    int axes = kernel.length;
    return new Window(
        kernel,
        numbers(node, "strides", axes, 1),
        numbers(node, "dilations", axes, 1),
        numbers(node, "pads", 2 * axes, 0),
        group);
  }

  private static boolean sameUpper(Node node) {
    return node.text("auto_pad", "").equals("SAME_UPPER");
  }

  private Window padded(Node node, List<Long> big, List<Long> small) {
    return switch (node.text("auto_pad", "NOTSET")) {
      case "SAME_UPPER" -> filling(big, small, true);
      case "SAME_LOWER" -> filling(big, small, false);
      case "VALID" -> new Window(kernel, strides, dilations, new long[2 * axes()], group);
      default -> this;
    };
  }

  /** With the padding that follows from the shapes; an odd one has more at the end or before. */
  private Window filling(List<Long> big, List<Long> small, boolean moreAtEnd) {
    long[] all = new long[2 * axes()];
    for (int i = 0; i < axes(); i++) {
      long total = Math.max(0, full(i, small.get(i + 2)) - big.get(i + 2));
      all[i] = moreAtEnd ? total / 2 : total - total / 2;
      all[axes() + i] = total - all[i];
    }
    return new Window(kernel, strides, dilations, all, group);
  }

  /** What {@code places} of the kernel see of an axis, padding included. */
  private long full(int axis, long places) {
    return (places - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
  }

  long taps() {
    return Arrays.stream(kernel).reduce(1, Math::multiplyExact);
  }

  /** Where a tap lies in the window. */
  long[] offset(long tap) {
    long[] offset = new long[axes()];
    long rest = tap;
    for (int i = axes() - 1; i >= 0; i--) {
      offset[i] = rest % kernel[i] * dilations[i];
      rest /= kernel[i];
    }
    return offset;
  }

  /** Whether a window follows at every place. */
  boolean isDense() {
    return Arrays.stream(strides).allMatch(stride -> stride == 1);
  }

  /** Whether a window is one place, and follows at every one. */
  boolean isPoint() {
    return isDense() && taps() == 1;
  }

  /** [first, second, kernel…]. */
  List<Long> kernelShape(long first, long second) {
    List<Long> shape = new ArrayList<>(List.of(first, second));
    Arrays.stream(kernel).forEach(shape::add);
    return shape;
  }

  /** The padding of a value [N, C, …]. */
  long[] spacePads() {
    int rank = axes() + 2;
    long[] all = new long[2 * rank];
    System.arraycopy(pads, 0, all, 2, axes());
    System.arraycopy(pads, axes(), all, rank + 2, axes());
    return all;
  }

  /** The padding with which the turned kernel goes back over what the windows gave. */
  long[] turnedPads() {
    long[] back = new long[2 * axes()];
    Arrays.setAll(back, i -> (kernel[i % axes()] - 1) * dilations[i % axes()] - pads[i]);
    return back;
  }

  /** Whether {@link #turnedPads} cut nothing. */
  boolean turnsBack() {
    return Arrays.stream(turnedPads()).allMatch(pad -> pad >= 0);
  }

  /** Whether the windows lie side by side, cover everything and need no padding. */
  boolean tiles(List<Long> big, List<Long> small) {
    for (int i = 0; i < axes(); i++) {
      boolean plain = dilations[i] == 1 && strides[i] == kernel[i] && pads[i] == 0;
      if (!plain || small.get(i + 2) * kernel[i] != big.get(i + 2)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A value for each window as one for each element that it sees, where {@link #tiles}. By Resize:
   * an Expand of such short runs takes ten times as long.
   */
  String tiled(Emitter e, String value) {
    double[] scales = new double[axes() + 2];
    Arrays.setAll(scales, i -> i < 2 ? 1 : kernel[i - 2]);
    return e.node(
        NodeBuilder.of("Resize")
            .inputs(value, "", e.floats(List.of((long) scales.length), scales))
            .with("mode", "nearest")
            .with("nearest_mode", "floor")
            .with("coordinate_transformation_mode", "asymmetric"));
  }

  /** How many elements of an axis a window sees, or of its padding too. */
  long seen(int axis, long place, long size, boolean padding) {
    long start = place * strides[axis] - pads[axis];
    long from = padding ? -pads[axis] : 0;
    long to = size + (padding ? pads[axes() + axis] : 0);
    long count = 0;
    for (long tap = 0; tap < kernel[axis]; tap++) {
      long at = start + tap * dilations[axis];
      count += at >= from && at < to ? 1 : 0;
    }
    return count;
  }

  /** Pads that take what the windows see, padding included, to what they move over. */
  long[] uncovered(List<Long> big, List<Long> small) {
    int rank = axes() + 2;
    long[] crop = new long[2 * rank];
    for (int i = 0; i < axes(); i++) {
      crop[i + 2] = -pads[i];
      crop[rank + i + 2] = big.get(i + 2) + pads[i] - full(i, small.get(i + 2));
    }
    return crop;
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

  /** What takes the small side to the places that {@link #turnedPads} reach of the big one. */
  long[] backPads(List<Long> big, List<Long> small) {
    int rank = axes() + 2;
    long[] all = new long[2 * rank];
    for (int i = 0; i < axes(); i++) {
      all[i + 2] = turnedPads()[i];
      all[rank + i + 2] = big.get(i + 2) + pads[i] - small.get(i + 2);
    }
    return all;
  }

  /** What lies behind the last place of the kernel, in padded space, by axis. */
  long[] unreached(List<Long> big, List<Long> small) {
    long[] rest = new long[axes()];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = big.get(i + 2) + pads[i] + pads[axes() + i] - full(i, small.get(i + 2));
    }
    return rest;
  }
}
