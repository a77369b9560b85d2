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

/** Means and maxima of windows. */
final class PoolRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "AveragePool", PoolRules::average,
          "MaxPool", PoolRules::most,
          "GlobalAveragePool", PoolRules::mean,
          "GlobalMaxPool", PoolRules::greatest);

  private PoolRules() {}

  /** Each window's share goes to all it saw: a transposed convolution of each map by ones. */
  private static void average(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> x = to.inputShape(0);
    List<Long> y = to.outputShape();
    Window window = Window.ofPool(node, to);
    String share = e.multiply(to.dy(), shares(node, to, window));
    if (window.tiles(x, y)) {
      to.give(0, window.tiled(e, share));
      return;
    }
    long maps = x.get(0) * x.get(1);
    double[] ones = new double[Math.toIntExact(window.taps())];
    Arrays.fill(ones, 1);
    List<Long> kernel = new ArrayList<>(List.of(1L, 1L));
    Arrays.stream(window.kernel()).forEach(kernel::add);
    NodeBuilder back =
        NodeBuilder.of("ConvTranspose")
            .inputs(e.reshape(share, maps(maps, y)), e.floats(kernel, ones))
            .with("strides", window.strides())
            .with("dilations", window.dilations());
    String all = e.node(back);
    long[] pads = window.uncovered(x, y);
    to.give(0, e.reshape(e.pad(all, pads), x));
  }

  private static List<Long> maps(long maps, List<Long> shape) {
    List<Long> single = new ArrayList<>(List.of(maps, 1L));
    single.addAll(shape.subList(2, shape.size()));
    return single;
  }

  /** 1 / the number of elements in each window: of the kernel, or of what of it lies in x. */
  private static String shares(Node node, Backward to, Window window) {
    List<Long> y = to.outputShape();
    List<Long> x = to.inputShape(0);
    boolean padding = node.integer("count_include_pad", 0) == 1;
    List<Long> space = y.subList(2, y.size());
    double[] shares = new double[Math.toIntExact(Backward.product(space))];
    for (int at = 0; at < shares.length; at++) {
      long count = 1;
      int rest = at;
      for (int i = window.axes() - 1; i >= 0; i--) {
        int size = Math.toIntExact(space.get(i));
        count *= window.seen(i, rest % size, x.get(i + 2), padding);
        rest /= size;
      }
      shares[at] = 1.0 / count;
    }
    return Arrays.stream(shares).allMatch(share -> share == shares[0])
        ? to.emit().scalar(shares[0])
        : to.emit().floats(space, shares);
  }

  /** To where the node says that its maxima came from. */
  private static void most(Node node, Backward to) {
    if (node.integer("storage_order", 0) != 0) {
      throw to.refused("its storage_order is not 0");
    }
    Emitter e = to.emit();
    long size = Backward.product(to.inputShape(0));
    String places = e.reshape(to.extraOutput(1), List.of(-1L));
    String back =
        e.node(
            NodeBuilder.of("ScatterElements")
                .inputs(e.zeros(List.of(size)), places, e.reshape(to.dy(), List.of(-1L)))
                .with("reduction", "add"));
    to.give(0, e.reshape(back, to.inputShape(0)));
  }

  private static void mean(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> x = to.inputShape(0);
    double share = 1.0 / Backward.product(x.subList(2, x.size()));
    to.give(0, e.expand(e.multiply(to.dy(), share), x));
  }

  /** Equal ones share it. */
  private static void greatest(Node node, Backward to) {
    Emitter e = to.emit();
    String chosen = e.number(e.node("Equal", node.input(0), node.output(0)));
    String many = e.sum(chosen, true, Channels.of(to.outputShape()).space());
    to.give(0, e.multiply(chosen, e.divide(to.dy(), many)));
  }
}
