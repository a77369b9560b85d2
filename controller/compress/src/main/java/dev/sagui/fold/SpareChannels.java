/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Removes channels that say nothing of their own: constants go into the biases of the layers
 * behind, copies and, where only layers come behind, mixtures of other channels into their weights.
 */
final class SpareChannels implements Pass {
  /** Larger weights are not read. */
  private static final long MOST_ELEMENTS = 8_000_000;

  @Override
  public String name() {
    return "spare-channels";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int removed = 0;
    for (Node node : bench.graph().nodes()) {
      Optional<Layer> layer = Layer.isLayer(node) ? layer(bench, node) : Optional.empty();
      if (layer.isPresent()) {
        removed += of(bench, layer.get());
      }
    }
    return removed;
  }

  private static Optional<Layer> layer(Bench bench, Node node) throws IOException {
    Graph graph = bench.graph();
    return Layer.of(bench, node)
        .filter(
            layer ->
                layer.group() == 1
                    && elements(layer.weight()) <= MOST_ELEMENTS
                    && graph.users(node.input(1)).size() == 1
                    && (!node.hasInput(2) || graph.users(node.input(2)).size() == 1));
  }

  private static long elements(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }

  private static int of(Bench bench, Layer layer) throws IOException {
    Optional<ChannelPath> path = ChannelPath.of(bench.graph(), layer.node());
    if (path.isEmpty()) {
      return 0;
    }
    List<Layer> takers = new ArrayList<>();
    for (Node taker : path.get().takers()) {
      Optional<Layer> each = Layer.of(bench, taker);
      if (each.isEmpty() || elements(each.get().weight()) > MOST_ELEMENTS) {
        return 0;
      }
      takers.add(each.get());
    }
    ChannelMatrix given = ChannelMatrix.of(bench, layer, true);
    double[] bias = layer.bias(bench);
    Map<Integer, Double> constants = new TreeMap<>();
    boolean padded = takers.stream().anyMatch(taker -> isPadded(taker.node()));
    Map<Integer, Map<Integer, Double>> spare =
        spare(new SpareRows(given.rows(), bias), bias, path.get(), padded, constants);
    if (!spare.isEmpty()) {
      for (Layer taker : takers) {
        take(bench, taker, spare, constants);
      }
      give(bench, layer, given, bias, spare);
      rename(bench.graph(), layer.node(), path.get());
    }
    return spare.size();
  }

  /**
   * Channels that can go, and the shares of others that they are.
   *
   * @param constants gets what those are that are the same everywhere
   */
  private static Map<Integer, Map<Integer, Double>> spare(
      SpareRows rows,
      double[] bias,
      ChannelPath path,
      boolean padded,
      Map<Integer, Double> constants) {
    Map<Integer, Map<Integer, Double>> spare = new TreeMap<>();
    for (int channel : rows.zeros()) {
      Optional<Double> constant = path.constant(bias[channel]);
      if (constant.isPresent() && (constant.get() == 0 || !padded)) {
        constants.put(channel, constant.get());
        spare.put(channel, Map.of());
      }
    }
    rows.copies()
        .forEach(
            (channel, first) -> {
              if (!constants.containsKey(first)) {
                spare.putIfAbsent(channel, Map.of(first, 1.0));
              }
            });
    if (path.isLinear() && spare.isEmpty()) {
      spare.putAll(rows.mixtures());
    }
    if (spare.size() == bias.length) { // something must be left to be summed over
      spare.remove(0);
    }
    return spare;
  }

  /** Whether it sees zeros beside the image, or some positions see fewer taps than others. */
  private static boolean isPadded(Node node) {
    return node.is("ConvTranspose")
        || node.text("auto_pad", "NOTSET").startsWith("SAME")
        || node.integers("pads").stream().anyMatch(pad -> pad != 0);
  }

  private static void take(
      Bench bench,
      Layer taker,
      Map<Integer, Map<Integer, Double>> spare,
      Map<Integer, Double> constants)
      throws IOException {
    ChannelMatrix matrix = ChannelMatrix.of(bench, taker, false);
    double[] bias = taker.bias(bench);
    boolean moved = false;
    for (Map.Entry<Integer, Map<Integer, Double>> entry : spare.entrySet()) {
      entry.getValue().forEach((to, share) -> matrix.add(entry.getKey(), share, to));
      double constant = constants.getOrDefault(entry.getKey(), 0.0);
      if (constant != 0) {
        matrix.addTo(bias, entry.getKey(), constant);
        moved = true;
      }
    }
    Graph graph = bench.graph();
    graph.put(matrix.without(spare.keySet()).toBuilder().setName(taker.node().input(1)).build());
    if (moved) {
      TensorProto tensor = TensorValues.floats(List.of((long) bias.length), bias);
      NodeProto.Builder node = taker.node().proto().toBuilder();
      String name = graph.addConstant(taker.node().input(1) + "_bias", tensor);
      if (taker.node().inputs().size() > 2) {
        node.setInput(2, name);
      } else {
        node.addInput(name);
      }
      graph.set(taker.node(), node.build());
    }
  }

  private static void give(
      Bench bench,
      Layer layer,
      ChannelMatrix given,
      double[] bias,
      Map<Integer, Map<Integer, Double>> spare) {
    Graph graph = bench.graph();
    Node node = layer.node();
    graph.put(given.without(spare.keySet()).toBuilder().setName(node.input(1)).build());
    if (node.hasInput(2)) {
      double[] left = new double[bias.length - spare.size()];
      int at = 0;
      for (int channel = 0; channel < bias.length; channel++) {
        if (!spare.containsKey(channel)) {
          left[at++] = bias[channel];
        }
      }
      TensorProto tensor = TensorValues.floats(List.of((long) left.length), left);
      graph.put(tensor.toBuilder().setName(node.input(2)).build());
    }
  }

  /**
   * Values of other shapes get other names, so that nothing said of the old ones is said of them.
   */
  private static void rename(Graph graph, Node layer, ChannelPath path) {
    Map<String, String> names = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>(List.of(layer));
    nodes.addAll(path.between());
    nodes.forEach(node -> names.put(node.output(0), graph.freshName(node.output(0) + "_less")));
    for (Node node : nodes) {
      String old = node.output(0);
      String fresh = names.getOrDefault(old, old);
      graph.set(node, node.proto().toBuilder().setOutput(0, fresh).build());
      graph.replaceUses(old, fresh);
    }
  }
}
