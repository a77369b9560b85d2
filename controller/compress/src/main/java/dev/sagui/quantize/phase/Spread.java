/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.List;

/**
 * Puts the phases of a convolution's result, [N, g · phases · C/g, Q…], side by side: [N, C,
 * outputs…].
 *
 * <p>With a known size all is moved in channels-last order, where ONNX Runtime's int8 convolutions
 * work: the first and last Transpose cancel against theirs. One spatial axis of free length goes
 * the same way, two need DepthToSpace.
 */
final class Spread {
  private final Graph graph;
  private final PhaseWeights weights;
  private final List<PhaseAxis> axes;
  private final String hint;
  private String value;

  private Spread(Graph graph, PhaseWeights weights, List<PhaseAxis> axes, String from) {
    this.graph = graph;
    this.weights = weights;
    this.axes = axes;
    this.hint = from;
    this.value = from;
  }

  /** Whether {@link #add} can. */
  static boolean isPossible(PhaseWeights weights, List<PhaseAxis> axes) {
    boolean fixed = axes.stream().allMatch(axis -> axis.size() >= 0);
    return fixed
        || axes.size() == 1
        || (weights.groups() == 1 && axes.get(0).factor() == axes.get(1).factor());
  }

  /** Adds the nodes that turn {@code from} into {@code to}. */
  static void add(Graph graph, PhaseWeights weights, List<PhaseAxis> axes, String from, String to) {
    Spread spread = new Spread(graph, weights, axes, from);
    if (axes.size() == 1) {
      spread.alongOne();
    } else if (axes.stream().allMatch(axis -> axis.size() >= 0)) {
      spread.alongTwo();
    } else {
      spread.alongFree();
    }
    spread.end(to);
  }

  private long channels() {
    return (long) weights.groups() * weights.outputs();
  }

  private void alongOne() {
    transpose(0, 2, 1);
    if (weights.groups() > 1) {
      reshape(0, 0, weights.groups(), weights.phases(), weights.outputs());
      transpose(0, 1, 3, 2, 4);
    }
    reshape(0, -1, channels());
    crop(1);
    transpose(0, 2, 1);
  }

  private void alongTwo() {
    long rows = axes.get(0).steps();
    long columns = axes.get(1).steps();
    int high = axes.get(0).factor();
    int wide = axes.get(1).factor();
    transpose(0, 2, 3, 1);
    if (weights.groups() == 1) {
      reshape(0, rows, columns, high, (long) wide * channels());
      transpose(0, 1, 3, 2, 4);
    } else {
      reshape(0, rows, columns, weights.groups(), high, wide, weights.outputs());
      transpose(0, 1, 4, 2, 5, 3, 6);
    }
    reshape(0, rows * high, columns * wide, channels());
    crop(1);
    transpose(0, 3, 1, 2);
  }

  private void alongFree() {
    step(
        NodeBuilder.of("DepthToSpace").with("blocksize", axes.get(0).factor()).with("mode", "DCR"));
    crop(2);
  }

  private void crop(int firstAxis) {
    if (axes.stream().noneMatch(PhaseAxis::crops)) {
      return;
    }
    long[] starts = axes.stream().mapToLong(PhaseAxis::cropBegin).toArray();
    long[] ends = axes.stream().mapToLong(Spread::end).toArray();
    long[] where = new long[axes.size()];
    for (int i = 0; i < where.length; i++) {
      where[i] = (long) firstAxis + i;
    }
    step(
        NodeBuilder.of("Slice"),
        constant("starts", starts),
        constant("ends", ends),
        constant("axes", where));
  }

  private static long end(PhaseAxis axis) {
    if (axis.size() >= 0) {
      return axis.cropBegin() + axis.size();
    }
    return axis.cropEnd() == 0 ? Long.MAX_VALUE : -axis.cropEnd();
  }

  private void transpose(long... order) {
    step(NodeBuilder.of("Transpose").with("perm", order));
  }

  private void reshape(long... shape) {
    step(NodeBuilder.of("Reshape"), constant("shape", shape));
  }

  private String constant(String what, long[] values) {
    return graph.addConstant(hint + "/" + what, TensorValues.longs(values));
  }

  private void step(NodeBuilder node, String... more) {
    String to = graph.freshName(hint + "/spread");
    graph.add(node.inputs(value).inputs(more).output(to).build());
    value = to;
  }

  /** Lets the last node give {@code to}. */
  private void end(String to) {
    graph
        .producer(value)
        .ifPresent(
            last -> {
              NodeProto renamed = last.proto().toBuilder().setOutput(0, to).build();
              graph.set(last, renamed);
            });
  }
}
