/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Einsum of one or two operands: the gradient of each is that of the output, contracted with the
 * other. As Transpose, Reshape and MatMul: ONNX Runtime's own Einsum takes twice as long.
 */
final class EinsumRule {
  private EinsumRule() {}

  static void back(Node node, Backward to) {
    List<String> labels = labels(node, to);
    int operands = node.inputs().size();
    if (operands > 2) {
      throw to.refused("it has %d operands, expected one or two".formatted(operands));
    }
    String out = labels.get(operands);
    for (int i = 0; i < operands; i++) {
      if (to.wants(i)) {
        Labelled dy = new Labelled(to.emit(), to.dy(), out, to.outputShape());
        String other = operands == 1 ? "" : labels.get(1 - i);
        String found = kept(labels.get(i), out + other);
        Labelled result =
            operands == 1
                ? dy.reordered(found)
                : dy.times(
                    new Labelled(to.emit(), node.input(1 - i), other, to.inputShape(1 - i)), found);
        to.give(i, result.spread(labels.get(i), to.inputShape(i)));
      }
    }
  }

  private static String kept(String labels, String among) {
    return labels
        .chars()
        .filter(label -> among.indexOf(label) >= 0)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** Of each operand, then of the output; a letter an axis, capital Greek ones for an ellipsis. */
  private static List<String> labels(Node node, Backward to) {
    String[] sides = node.text("equation", "").replace(" ", "").split("->", -1);
    List<String> labels = new ArrayList<>();
    String[] terms = sides[0].split(",", -1);
    int widest = 0;
    for (int i = 0; i < terms.length; i++) {
      int hidden = to.inputShape(i).size() - terms[i].replace("...", "").length();
      widest = Math.max(widest, hidden);
      labels.add(terms[i].replace("...", hidden(hidden)));
    }
    String out = sides.length > 1 ? sides[1].replace("...", hidden(widest)) : implied(labels);
    labels.add(out);
    for (String term : labels) {
      if (term.chars().distinct().count() != term.length()) {
        throw to.refused("its equation takes a diagonal");
      }
    }
    return labels;
  }

  /** Labels of the last axes that an ellipsis stands for. */
  private static String hidden(int axes) {
    StringBuilder labels = new StringBuilder();
    for (int i = axes; i > 0; i--) {
      labels.append((char) ('\u0391' + i));
    }
    return labels.toString();
  }

  /** What an equation without an output means: the ellipsis, then the labels that come once. */
  private static String implied(List<String> terms) {
    String all = String.join("", terms);
    String letters =
        all.chars()
            .filter(label -> label < '\u0391' && all.indexOf(label) == all.lastIndexOf(label))
            .sorted()
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    int axes = (int) all.chars().filter(label -> label > '\u0391').distinct().count();
    return hidden(axes) + letters;
  }
}
