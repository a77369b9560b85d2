/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.RandomOperators;
import java.util.Set;

/** What clean-up must know of operators. */
final class Operators {
  private static final Set<String> SHRINKING =
      Set.of(
          "Shape",
          "Size",
          "Squeeze",
          "Unsqueeze",
          "Reshape",
          "Flatten",
          "Cast",
          "Neg",
          "Abs",
          "Floor",
          "Ceil",
          "Sqrt",
          "ReduceProd",
          "ReduceMax",
          "ReduceMin",
          "ReduceSum",
          "Slice",
          "Not");

  private Operators() {}

  /** Whether a node gives the same outputs for the same inputs and does nothing else. */
  static boolean isPure(Node node) {
    return node.isStandard()
        && !RandomOperators.contains(node.op())
        && !node.hasNestedGraph()
        && !(node.is("Dropout") && node.hasInput(2));
  }

  /** Operators whose output has no more elements than an input, whatever its shape. */
  static boolean givesAtMostItsInput(Node node) {
    return SHRINKING.contains(node.op());
  }
}
