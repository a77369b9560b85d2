/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds the nodes that cheaper layers consist of. */
final class Parts {
  private final Graph graph;
  private final String hint;
  private final int rank;

  /**
   * @param hint of names
   * @param rank spatial axes
   */
  Parts(Graph graph, String hint, int rank) {
    this.graph = graph;
    this.hint = hint;
    this.rank = rank;
  }

  /** What a node takes and gives. */
  record Link(String from, String to) {}

  String fresh(String what) {
    return graph.freshName(hint + "/" + what);
  }

  /**
   * A convolution of each channel alone.
   *
   * @param kernels [channels, taps]
   * @param kernel lengths along the spatial axes
   * @param bias none to add nothing
   * @param conv how it lies over its input
   */
  void depthwise(
      Link link, double[][] kernels, List<Integer> kernel, double[] bias, NodeBuilder conv) {
    List<Long> dims = new ArrayList<>(List.of((long) kernels.length, 1L));
    kernel.forEach(length -> dims.add((long) length));
    conv.with("group", kernels.length)
        .inputs(link.from(), constant("depthwise", dims, flat(kernels)));
    if (bias.length > 0) {
      conv.inputs(constant("bias", List.of((long) bias.length), bias));
    }
    graph.add(conv.output(link.to()).build());
  }

  /**
   * A mixture of channels at each position.
   *
   * @param mixture [inputs, outputs]
   * @param bias none to add nothing
   */
  void pointwise(String from, String to, double[][] mixture, double[] bias) {
    int inputs = mixture.length;
    int outputs = mixture[0].length;
    double[] weights = new double[inputs * outputs];
    for (int i = 0; i < inputs; i++) {
      for (int o = 0; o < outputs; o++) {
        weights[o * inputs + i] = mixture[i][o];
      }
    }
    List<Long> dims = new ArrayList<>(List.of((long) outputs, (long) inputs));
    for (int i = 0; i < rank; i++) {
      dims.add(1L);
    }
    NodeBuilder conv = NodeBuilder.of("Conv").inputs(from, constant("pointwise", dims, weights));
    if (bias.length > 0) {
      conv.inputs(constant("bias", List.of((long) outputs), bias));
    }
    graph.add(conv.output(to).build());
  }

  /** Repeats each position {@code scale} times along every spatial axis. */
  void resize(String from, String to, int scale) {
    double[] scales = new double[rank + 2];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = i < 2 ? 1 : scale;
    }
    graph.add(
        NodeBuilder.of("Resize")
            .inputs(from, "", constant("scales", List.of((long) scales.length), scales))
            .with("mode", "nearest")
            .with("coordinate_transformation_mode", "asymmetric")
            .with("nearest_mode", "floor")
            .output(to)
            .build());
  }

  /** [N, s · s · C, H, W] to [N, C, H s, W s], one spatial axis likewise. */
  List<String> spread(String from, String to, int stride, long channels) {
    if (rank == 2) {
      graph.add(
          NodeBuilder.of("DepthToSpace").inputs(from).with("blocksize", stride).output(to).build());
      return List.of(to);
    }
    String apart = reshape(from, fresh("apart"), 0, stride, channels, -1);
    String turned = transpose(apart, fresh("turned"), 0, 2, 3, 1);
    return List.of(apart, turned, reshape(turned, to, 0, channels, -1));
  }

  /** The inverse. */
  void gather(String from, String to, int stride, long channels) {
    if (rank == 2) {
      graph.add(
          NodeBuilder.of("SpaceToDepth").inputs(from).with("blocksize", stride).output(to).build());
      return;
    }
    String apart = reshape(from, fresh("apart"), 0, channels, -1, stride);
    String turned = transpose(apart, fresh("turned"), 0, 3, 1, 2);
    reshape(turned, to, 0, stride * channels, -1);
  }

  private String reshape(String from, String to, long... shape) {
    String sizes = graph.addConstant(hint + "/shape", TensorValues.longs(shape));
    graph.add(NodeBuilder.of("Reshape").inputs(from, sizes).output(to).build());
    return to;
  }

  private String transpose(String from, String to, long... order) {
    graph.add(NodeBuilder.of("Transpose").inputs(from).with("perm", order).output(to).build());
    return to;
  }

  String constant(String what, List<Long> dims, double[] values) {
    TensorProto tensor = TensorValues.floats(dims, values);
    return graph.addConstant(hint + "/" + what, tensor);
  }

  static double[] flat(double[][] rows) {
    int columns = rows[0].length;
    double[] flat = new double[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return flat;
  }

  /** Removes the node that gives a value. */
  static void remove(Graph graph, String value) {
    Optional<Node> producer = graph.producer(value);
    producer.ifPresent(graph::remove);
  }
}
