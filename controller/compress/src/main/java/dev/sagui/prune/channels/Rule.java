/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;

/** How an operator's inputs and outputs hang together along their axes. */
@FunctionalInterface
interface Rule {
  /** Of operators that nothing is known about. */
  Rule KEEP = (context, node) -> context.keepAll("%s has no rule".formatted(node));

  /** Of nodes whose nested graphs may take any value around them. */
  Rule NESTED = (context, node) -> context.keepAll("a nested graph of %s takes it".formatted(node));

  void apply(RuleContext context, Node node);
}
