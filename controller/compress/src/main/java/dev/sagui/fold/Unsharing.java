/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Gives every layer weights and a bias of its own, so that one can be changed and not the other;
 * the copies take no memory. {@link Deduplication} ties again what stayed equal.
 */
final class Unsharing implements Pass {
  private static final Set<String> LAYERS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization");

  @Override
  public String name() {
    return "unshare";
  }

  @Override
  public int apply(Bench bench) {
    Graph graph = bench.graph();
    Set<String> taken = new HashSet<>();
    int copies = 0;
    for (Node node : graph.nodes()) {
      if (!node.isStandard() || !LAYERS.contains(node.op())) {
        continue;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        String input = node.input(i);
        Optional<TensorProto> constant = graph.constant(input);
        if (constant.isEmpty()) {
          continue;
        }
        boolean elsewhere = graph.users(input).size() > 1 || graph.isOutput(input);
        if (!taken.add(input) || (elsewhere && !onlyLayers(graph, input))) {
          String copy = graph.addConstant(input, constant.get());
          NodeProto.Builder own = node.proto().toBuilder().setInput(i, copy);
          graph.set(node, own.build());
          copies++;
        }
      }
    }
    return copies;
  }

  private static boolean onlyLayers(Graph graph, String value) {
    return !graph.isOutput(value)
        && graph.users(value).stream().allMatch(n -> n.isStandard() && LAYERS.contains(n.op()));
  }
}
