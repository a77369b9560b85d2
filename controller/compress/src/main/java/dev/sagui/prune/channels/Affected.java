/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values have other numbers after a cut, and not only fewer channels. */
final class Affected {
  /** Besides layers with constant weights, the operators that sum over channels. */
  private static final Set<String> SUMS = Set.of("LSTM", "GRU", "RNN", "MatMul", "Gemm");

  private final DependencyGraph dependencies;
  private final Kept kept;
  private final Map<Node, Consumer> consumers = new HashMap<>();
  private final Set<String> values = new HashSet<>();

  private Affected(DependencyGraph dependencies, Kept kept) {
    this.dependencies = dependencies;
    this.kept = kept;
    dependencies.consumers().forEach(consumer -> consumers.put(consumer.node(), consumer));
  }

  static Set<String> values(DependencyGraph dependencies, Kept kept) {
    Affected affected = new Affected(dependencies, kept);
    for (Node node : dependencies.graph().nodes()) {
      if (node.uses().stream().anyMatch(affected.values::contains) || affected.loses(node)) {
        affected.values.addAll(node.outputs());
      }
    }
    return affected.values;
  }

  /** Whether the node sums over what is cut. */
  private boolean loses(Node node) {
    Consumer consumer = consumers.get(node);
    if (consumer != null) {
      return kept.cuts(dependencies.layout(consumer.weight()).get(consumer.inputAxis()));
    }
    List<String> inputs = node.inputs();
    return SUMS.contains(node.op())
        && inputs.stream()
            .filter(name -> !name.isEmpty())
            .anyMatch(name -> dependencies.layout(name).stream().anyMatch(kept::cuts));
  }
}
