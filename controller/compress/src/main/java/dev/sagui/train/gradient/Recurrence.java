/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One direction of a recurrent layer, unrolled over its steps. What each step computed is computed
 * again from the layer's own outputs, for all steps at once: only what passes from step to step is
 * written step by step.
 */
final class Recurrence {
  private final Node node;
  private final Backward to;
  private final int direction;
  private final String given;
  private final Map<String, List<String>> split = new HashMap<>();

  private Recurrence(Node node, Backward to, int direction) {
    this.node = node;
    this.to = to;
    this.direction = direction;
    this.given = to.findDy(0).map(this::flat).orElse("");
  }

  /**
   * The directions of a layer, the first forward unless it has one alone that is reverse.
   *
   * @param activations that the layer must have, which are the ones it has when it names none
   */
  static List<Recurrence> of(Node node, Backward to, List<String> activations) {
    List<Recurrence> all = new ArrayList<>();
    int directions = Math.toIntExact(to.inputShape(1).get(0));
    for (int d = 0; d < directions; d++) {
      all.add(new Recurrence(node, to, d));
    }
    List<String> told =
        node.attribute("activations")
            .map(a -> a.getStringsList().stream().map(s -> s.toStringUtf8()).toList())
            .orElse(List.of());
    for (int i = 0; i < told.size(); i++) {
      if (!told.get(i).equals(activations.get(i % activations.size()))) {
        throw to.refused("its activations are %s, expected %s".formatted(told, activations));
      }
    }
    for (String option : new String[] {"clip", "input_forget", "layout"}) {
      if (node.attribute(option).filter(a -> a.getI() != 0 || a.getF() != 0).isPresent()) {
        throw to.refused("its %s is set".formatted(option));
      }
    }
    if (node.hasInput(4)) {
      throw to.refused("its sequences have lengths of their own");
    }
    return all;
  }

  Emitter e() {
    return to.emit();
  }

  long steps() {
    return to.inputShape(0).get(0);
  }

  long batch() {
    return to.inputShape(0).get(1);
  }

  long hidden() {
    return to.inputShape(2).get(2);
  }

  private boolean isReverse() {
    return direction == 1 || node.text("direction", "forward").equals("reverse");
  }

  /** The steps, the last that was computed first. */
  long[] backwards() {
    return isReverse() ? LayoutRules.range((int) steps()) : downwards();
  }

  /** The steps in the order in which they are computed. */
  long[] forwards() {
    return isReverse() ? downwards() : LayoutRules.range((int) steps());
  }

  private long[] downwards() {
    long last = steps() - 1;
    return Arrays.stream(LayoutRules.range((int) steps())).map(i -> last - i).toArray();
  }

  /** This direction's part of an input or of a gradient whose first axis is the directions. */
  String own(String value) {
    return e().slice(value, 0, direction, direction + 1L, 1);
  }

  /** A weight of this direction, [rows, columns]. */
  String weight(int input) {
    return e().reshape(own(node.input(input)), to.inputShape(input).subList(1, 3));
  }

  /** A run of the biases of this direction, or zeros, [count]. */
  String bias(long from, long count) {
    return node.hasInput(3)
        ? e().reshape(e().slice(own(node.input(3)), 1, from, from + count, 1), List.of(count))
        : e().zeros(List.of(count));
  }

  /** A state before the first step, [1, B, H]. */
  String initial(int input) {
    return node.hasInput(input)
        ? own(node.input(input))
        : e().zeros(List.of(1L, batch(), hidden()));
  }

  /** What the layer gave at each step, [T, B, H]. */
  String outputs() {
    return flat(to.extraOutput(0));
  }

  /** This direction's part of a value [T, D, B, H], as [T, B, H]. */
  private String flat(String value) {
    String mine = e().slice(value, 1, direction, direction + 1L, 1);
    return e().reshape(mine, List.of(steps(), batch(), hidden()));
  }

  /** A state before each step, from the states after each and the one before all. */
  String before(String states, String initial) {
    long last = steps() - 1;
    return isReverse()
        ? e().concat(0, List.of(e().slice(states, 0, 1, last + 1, 1), initial))
        : e().concat(0, List.of(initial, e().slice(states, 0, 0, last, 1)));
  }

  /** One step of a value [T, …], as [1, …]: all are taken at once, in one node. */
  String at(String value, long step) {
    return split.computeIfAbsent(value, all -> e().split(all, 0, steps(), 1)).get((int) step);
  }

  /** One gate of values of all gates, the last axis of which is theirs. */
  String gate(String values, int gate) {
    return e().slice(values, -1, gate * hidden(), (gate + 1) * hidden(), 1);
  }

  /** [T, B, columns] or the layer's x as the rows of a matrix. */
  String rows(String value, long columns) {
    return e().reshape(value, List.of(steps() * batch(), columns));
  }

  /** A state [1, B, H] as rows. */
  String rows(String state) {
    return e().reshape(state, List.of(batch(), hidden()));
  }

  /** Rows as a state [1, B, H]. */
  String state(String rows) {
    return e().reshape(rows, List.of(1L, batch(), hidden()));
  }

  String inputRows() {
    return rows(node.input(0), to.inputShape(0).get(2));
  }

  /** rows·weightᵀ + more, [T, B, columns]. */
  String affine(String rows, String weight, String more, long columns) {
    String product = e().node(NodeBuilder.of("Gemm").inputs(rows, weight, more).with("transB", 1));
    return e().reshape(product, List.of(steps(), batch(), columns));
  }

  /** leftᵀ·right of rows. */
  String outer(String left, String right) {
    return e().node(NodeBuilder.of("Gemm").inputs(left, right).with("transA", 1));
  }

  /** The gradient of what one step gave, what came from the steps after it included. */
  String arriving(long step, String later) {
    return given.isEmpty() ? later : e().add(at(given, step), later);
  }

  /** The same as rows. */
  String arrivingRows(long step, String later) {
    if (given.isEmpty()) {
      return later;
    }
    List<String> all =
        split.computeIfAbsent(
            given + " rows", key -> e().split(rows(given, hidden()), 0, steps(), batch()));
    return e().add(all.get((int) step), later);
  }

  /** The gradient of a state after the last step, [1, B, H]. */
  String last(int output) {
    return to.findDy(output)
        .map(this::own)
        .orElseGet(() -> e().zeros(List.of(1L, batch(), hidden())));
  }
}
