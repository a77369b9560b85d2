/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ValueFacts;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a device relies on: names, element types and shapes of a model's inputs and outputs. */
final class Contract {
  private Contract() {}

  /** The first thing in which a student departs from its teacher, as a sentence. */
  static Optional<String> difference(ModelFacts teacher, ModelFacts student) {
    return difference("input", teacher.inputs(), student.inputs())
        .or(() -> difference("output", teacher.outputs(), student.outputs()));
  }

  private static Optional<String> difference(
      String what, List<ValueFacts> wanted, List<ValueFacts> found) {
    for (int i = 0; i < Math.max(wanted.size(), found.size()); i++) {
      if (i >= wanted.size() || i >= found.size()) {
        return Optional.of(
            "the teacher has %d %s(s) %s, the student %d %s"
                .formatted(wanted.size(), what, names(wanted), found.size(), names(found)));
      }
      Optional<String> own = difference(what + " " + (i + 1), wanted.get(i), found.get(i));
      if (own.isPresent()) {
        return own;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(String what, ValueFacts wanted, ValueFacts found) {
    boolean named = wanted.name().equals(found.name());
    boolean typed = wanted.type() == found.type();
    boolean shaped = isSame(wanted, found);
    return named && typed && shaped
        ? Optional.empty()
        : Optional.of(
            "the teacher's %s is %s, the student's %s".formatted(what, told(wanted), told(found)));
  }

  /**
   * Whether the same axes are free and the others as long. A shape that a file leaves out is told
   * by nobody.
   */
  private static boolean isSame(ValueFacts wanted, ValueFacts found) {
    List<Long> a = wanted.shape();
    List<Long> b = found.shape();
    return a.isEmpty()
        || b.isEmpty()
        || (a.size() == b.size()
            && IntStream.range(0, a.size())
                .allMatch(i -> Math.max(-1, a.get(i)) == Math.max(-1, b.get(i))));
  }

  private static String told(ValueFacts value) {
    return "'%s' %s %s".formatted(value.name(), value.type(), value.display());
  }

  private static List<String> names(List<ValueFacts> values) {
    return values.stream().map(ValueFacts::name).toList();
  }
}
