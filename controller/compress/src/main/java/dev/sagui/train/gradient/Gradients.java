/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of a graph: the chain rule from the loss back to what is wanted,
 * written as more nodes. Values that nothing wanted depends on get no gradient, so that what is
 * frozen costs nothing.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * Adds the gradients of {@code loss}.
   *
   * @param model whose tensors the graph names
   * @param shapes of the values in the graph
   * @param loss a scalar of the graph
   * @param wanted initializers, inputs or other values, float32
   * @return the name of each one's gradient, which has its shape and is a node's own output; in the
   *     order of {@code wanted}
   * @throws RejectedException UNSUPPORTED_MODEL, naming the node that has no gradient, or the value
   *     that the loss does not depend on
   */
  public static Map<String, String> add(
      OnnxModel model, Graph graph, Shapes shapes, String loss, Collection<String> wanted) {
    List<Node> order = graph.nodesInOrder();
    Tape tape = new Tape(model, graph, shapes, new LinkedHashSet<>(wanted), order);
    tape.add(loss, tape.emit().scalar(1));
    List<Node> back = new ArrayList<>(order);
    java.util.Collections.reverse(back);
    for (Node node : back) {
      boolean reached = node.outputs().stream().anyMatch(tape::has);
      if (reached && node.outputs().stream().anyMatch(tape::needs)) {
        GradientRules.of(node).back(node, new Backward(node, tape));
      }
    }
    Map<String, String> gradients = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (String value : wanted) {
      String gradient = tape.gradient(value).orElseThrow(() -> unreached(value));
      boolean own = taken.add(gradient) && graph.producer(gradient).isPresent();
      gradients.put(value, own ? gradient : tape.emit().node("Identity", gradient));
    }
    return gradients;
  }

  private static RejectedException unreached(String value) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "the loss does not depend on '%s', so it cannot be trained; freeze it".formatted(value));
  }
}
