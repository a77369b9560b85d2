/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.TensorSize;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights that no other weight follows on the way to an output. Their rounding errors reach the
 * output as they are, so that they are worth more bits when they are a small part of the model.
 */
final class LastLayers {
  private static final double LARGEST_SHARE = 0.05;

  private LastLayers() {}

  /** The names of those weights; none when they are more than a twentieth of all elements. */
  static Set<String> of(GraphProto graph) {
    Map<String, Long> weights = new HashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDimsCount() >= 2) {
        weights.put(tensor.getName(), TensorSize.elements(tensor));
      }
    }
    Set<String> last = last(graph, weights.keySet());
    long all = weights.values().stream().mapToLong(Long::longValue).sum();
    long sum = last.stream().mapToLong(weights::get).sum();
    return sum <= LARGEST_SHARE * all ? last : Set.of();
  }

  private static Set<String> last(GraphProto graph, Set<String> weights) {
    Map<String, NodeProto> producers = new HashMap<>();
    graph.getNodeList().forEach(n -> n.getOutputList().forEach(value -> producers.put(value, n)));
    Set<String> last = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(open::add);
    while (!open.isEmpty()) {
      NodeProto node = producers.get(open.remove());
      if (node == null) {
        continue;
      }
      List<String> own = node.getInputList().stream().filter(weights::contains).toList();
      last.addAll(own);
      if (own.isEmpty()) {
        node.getInputList().stream().filter(seen::add).forEach(open::add);
      }
    }
    return last;
  }
}
