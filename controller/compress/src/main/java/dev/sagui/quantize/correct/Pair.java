/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Two layers of which the second is the only user of what the first gives, with nothing between
 * them but what leaves positive values in proportion.
 */
record Pair(Linear first, Linear second) {
  private static final Set<String> HOMOGENEOUS = Set.of("Relu", "LeakyRelu");

  static List<Pair> all(Graph graph) {
    List<Pair> pairs = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Optional<Linear> first = Linear.of(graph, node).filter(l -> l.hasPlainBias(graph));
      first.flatMap(l -> next(graph, l)).ifPresent(l -> pairs.add(new Pair(first.get(), l)));
    }
    return pairs;
  }

  private static Optional<Linear> next(Graph graph, Linear first) {
    Optional<Node> user = graph.onlyUser(first.node().output(0));
    String value = first.node().output(0);
    while (user.isPresent() && user.get().isStandard() && HOMOGENEOUS.contains(user.get().op())) {
      value = user.get().output(0);
      user = graph.onlyUser(value);
    }
    String taken = value;
    return user.filter(n -> n.input(0).equals(taken))
        .flatMap(n -> Linear.of(graph, n))
        .filter(l -> l.inputs() == first.outputs() && l.isMatrix() == first.isMatrix());
  }
}
