/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.List;
import java.util.Map;

/** LSTM, GRU and RNN: a hidden unit owns one row in every gate and one column of R. */
final class RecurrentRules {
  private static final Map<String, Integer> GATES = Map.of("LSTM", 4, "GRU", 3, "RNN", 1);

  private RecurrentRules() {}

  /** X [T, B, I], W [D, g H, I], R [D, g H, H], B [D, 2 g H], states [D, B, H], P [D, 3 H]. */
  static void apply(RuleContext context, Node node) {
    int gates = GATES.getOrDefault(node.op(), 1);
    List<Axis> x = context.input(0);
    List<Axis> w = context.input(1);
    List<Axis> r = context.input(2);
    if (node.integer("layout", 0) == 1 || r.size() != 3) {
      context.keepAll("%s has batches first".formatted(node));
      return;
    }
    context.unite(x.get(2), w.get(2));
    for (int i = 1; i < node.inputs().size(); i++) {
      if (!context.input(i).isEmpty()) {
        context.keep(context.input(i).get(0), "%s has both directions".formatted(node));
      }
    }
    Axis hidden = r.get(2);
    int[] atoms = context.atoms(hidden, "%s has it fixed".formatted(node));
    context.unite(w.get(1), Axis.of(RuleContext.repeated(atoms, gates)));
    context.unite(r.get(1), Axis.of(RuleContext.repeated(atoms, gates)));
    for (int i = 3; i < node.inputs().size(); i++) {
      List<Axis> each = context.input(i);
      if (i != 4 && !each.isEmpty()) {
        Axis last = each.get(each.size() - 1);
        context.unite(last, Axis.of(RuleContext.repeated(atoms, last.length() / atoms.length)));
      }
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      List<Long> shape = context.outputShape(i);
      if (!shape.isEmpty()) {
        context.output(i, context.fixedBut(i, shape.size() - 1, hidden));
      }
    }
    context.rewrite(
        (graph, at, kept) -> {
          if (kept.cuts(hidden)) {
            LayerRules.set(graph, at, "hidden_size", kept.count(hidden));
          }
        });
  }
}
