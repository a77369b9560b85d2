/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;

/** Takes empty constants out of a Concat of vectors; they add nothing to it. */
final class EmptyParts implements Pass {
  @Override
  public String name() {
    return "empty-parts";
  }

  @Override
  public int apply(Bench bench) {
    int removed = 0;
    for (Node node : bench.graph().nodes()) {
      if (!node.is("Concat")) {
        continue;
      }
      List<String> kept =
          node.inputs().stream().filter(input -> !isEmpty(bench.graph(), input)).toList();
      if (!kept.isEmpty() && kept.size() < node.inputs().size()) {
        removed += node.inputs().size() - kept.size();
        NodeProto.Builder edited = node.proto().toBuilder().clearInput().addAllInput(kept);
        bench.graph().set(node, edited.build());
      }
    }
    return removed;
  }

  private static boolean isEmpty(Graph graph, String input) {
    return graph
        .constant(input)
        .map(TensorProto::getDimsList)
        .filter(dims -> dims.equals(List.of(0L)))
        .isPresent();
  }
}
