/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Removes nodes that hand on their input as it is. */
final class Identities implements Pass {
  @Override
  public String name() {
    return "identities";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int removed = 0;
    for (Node node : bench.graph().nodes()) {
      if (isIdentity(node, bench) && bypass(bench.graph(), node)) {
        removed++;
      }
    }
    return removed;
  }

  private static boolean isIdentity(Node node, Bench bench) throws IOException {
    if (!node.isStandard() || node.inputs().isEmpty()) {
      return false;
    }
    return switch (node.op()) {
      case "Identity" -> true;
      case "Dropout" -> !node.hasInput(2) && !bench.graph().isUsed(node.output(1));
      case "Concat", "Sum", "Max", "Min", "Mean" -> node.inputs().size() == 1;
      case "Cast" -> {
        ElementType type = bench.types().type(node.input(0));
        yield type != ElementType.UNKNOWN && type.number() == node.integer("to", 0);
      }
      case "Transpose" -> isInOrder(node.integers("perm"));
      case "Pad" -> padsNothing(node, bench);
      case "Reshape", "Flatten", "Expand" -> keepsShape(node, bench);
      default -> false;
    };
  }

  private static boolean isInOrder(List<Long> perm) {
    return !perm.isEmpty()
        && IntStream.range(0, perm.size()).allMatch(axis -> perm.get(axis) == axis);
  }

  private static boolean padsNothing(Node node, Bench bench) throws IOException {
    if (node.attribute("pads").isPresent()) {
      return node.integers("pads").stream().allMatch(pad -> pad == 0);
    }
    return node.hasInput(1)
        && bench
            .integers(node.input(1))
            .map(p -> Arrays.stream(p).allMatch(x -> x == 0))
            .orElse(false);
  }

  private static boolean keepsShape(Node node, Bench bench) {
    return bench.types().fixedShape(node.input(0)).equals(bench.types().fixedShape(node.output(0)))
        && bench.types().fixedShape(node.input(0)).isPresent();
  }

  /** Whether it could be done: the graph's inputs and outputs keep their names. */
  private static boolean bypass(Graph graph, Node node) {
    String from = node.output(0);
    String to = node.input(0);
    if (!graph.isOutput(from)) {
      graph.replaceUses(from, to);
      graph.remove(node);
      return true;
    }
    Node producer = graph.producer(to).orElse(null);
    if (producer == null || graph.isOutput(to) || producer.hasNestedGraph()) {
      return false;
    }
    graph.remove(node);
    NodeProto.Builder renamed = producer.proto().toBuilder();
    renamed.setOutput(producer.outputs().indexOf(to), from);
    graph.set(producer, renamed.build());
    graph.replaceUses(to, from);
    return true;
  }
}
