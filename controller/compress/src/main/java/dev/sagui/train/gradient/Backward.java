/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One node on the way back: the gradients of its outputs, and a place for those of its inputs. A
 * gradient has the shape of its value.
 */
final class Backward {
  private final Node node;
  private final Tape tape;

  Backward(Node node, Tape tape) {
    this.node = node;
    this.tape = tape;
  }

  Node node() {
    return node;
  }

  Emitter emit() {
    return tape.emit();
  }

  /** The name of an output that the node may leave out; it is computed from now on. */
  String extraOutput(int index) {
    return tape.extraOutput(node, index);
  }

  /** Lets another node give the first output from now on, rounded otherwise at most. */
  void rewrite(NodeBuilder other) {
    tape.rewrite(node, other.nameless(node.output(0)).build());
  }

  /** Lets other values be the node's outputs from now on, in their order; the node goes. */
  void replace(List<String> outputs) {
    tape.replace(node, outputs);
  }

  /** The gradient of the first output, of zeros when the loss does not depend on it. */
  String dy() {
    return dy(0);
  }

  String dy(int output) {
    return findDy(output).orElseGet(() -> emit().zeros(shape(node.output(output))));
  }

  /** The gradient of an output; empty when the loss does not depend on it. */
  Optional<String> findDy(int output) {
    return node.output(output).isEmpty() ? Optional.empty() : tape.gradient(node.output(output));
  }

  /** Whether the gradient of an input is asked for. */
  boolean wants(int input) {
    return node.hasInput(input) && tape.needs(node.input(input));
  }

  List<Long> shape(String value) {
    return tape.shapes().of(value);
  }

  List<Long> inputShape(int input) {
    return shape(node.input(input));
  }

  List<Long> outputShape() {
    return shape(node.output(0));
  }

  /** Hands an input its gradient. */
  void give(int input, String gradient) {
    if (wants(input)) {
      tape.add(node.input(input), gradient);
    }
  }

  /** Hands an input that was broadcast to the shape of the first output its gradient. */
  void giveSummed(int input, String gradient) {
    if (wants(input)) {
      give(input, summed(gradient, outputShape(), inputShape(input)));
    }
  }

  /** The integers of a constant input; those left out are {@code otherwise}. */
  long[] integers(int input, long... otherwise) {
    return node.hasInput(input)
        ? tape.integers(node.input(input))
            .orElseThrow(
                () -> refused("its input '%s' is no constant".formatted(node.input(input))))
        : otherwise;
  }

  /** The element type of a constant input. */
  ElementType constantType(int input) {
    return tape.constantType(node.input(input));
  }

  /** The floats of a constant input. */
  double[] numbers(int input) {
    return tape.numbers(node.input(input))
        .orElseThrow(() -> refused("its input '%s' is no constant".formatted(node.input(input))));
  }

  /** The float of a constant scalar input. */
  Optional<Double> number(int input) {
    return node.hasInput(input)
        ? tape.numbers(node.input(input)).filter(v -> v.length == 1).map(v -> v[0])
        : Optional.empty();
  }

  /** That this node has no gradient, with the reason. */
  RejectedException refused(String why) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "no gradient through %s: %s; freeze what lies before it".formatted(node, why));
  }

  /**
   * The sum over what was broadcast: trailing axes by ReduceSum; leading ones as a product with a
   * row of ones, which is faster and loses fewer digits.
   */
  String summed(String value, List<Long> from, List<Long> to) {
    if (from.equals(to)) {
      return value;
    }
    int more = from.size() - to.size();
    List<Long> wide = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      wide.add(i < more ? 1L : to.get(i - more));
    }
    int lead = 0;
    while (lead < from.size() && wide.get(lead) == 1) {
      lead++;
    }
    List<Long> trailing = new ArrayList<>();
    for (int i = lead; i < from.size(); i++) {
      if (wide.get(i) == 1 && from.get(i) != 1) {
        trailing.add((long) i);
      }
    }
    String sum = trailing.isEmpty() ? value : emit().sum(value, true, Emitter.array(trailing));
    return emit().reshape(leading(sum, product(from.subList(0, lead)), product(wide)), to);
  }

  private String leading(String value, long rows, long columns) {
    if (rows == 1) {
      return value;
    }
    if (columns == 1) {
      return emit().sum(emit().reshape(value, List.of(rows)), false, 0);
    }
    double[] ones = new double[Math.toIntExact(rows)];
    java.util.Arrays.fill(ones, 1);
    return emit()
        .node(
            "MatMul",
            emit().floats(List.of(1L, rows), ones),
            emit().reshape(value, List.of(rows, columns)));
  }

  static long product(List<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }
}
