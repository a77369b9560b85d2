/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How many tokens a model takes at once: as many as its tables of positions and its masks have rows
 * for. They are cut to length by what was computed, looked up by a row of numbers that count, or by
 * an input of positions.
 */
final class ContextLength {
  private static final Set<String> HANDED_ON =
      Set.of("Cast", "Reshape", "Squeeze", "Unsqueeze", "Expand", "Identity");

  private static final Set<ElementType> IDS = Set.of(ElementType.INT64, ElementType.INT32);

  private ContextLength() {}

  /** Empty where nothing in the graph bounds it. */
  static OptionalInt of(OnnxModel model, Map<String, Long> vocabularies) {
    boolean takesIds =
        model.graph().getInputList().stream()
            .map(input -> ElementType.of(input.getType().getTensorType().getElemType()))
            .anyMatch(IDS::contains);
    if (!takesIds) {
      return OptionalInt.empty();
    }
    Graph graph = new Graph(model);
    LongStream given =
        vocabularies.entrySet().stream()
            .filter(table -> table.getKey().toLowerCase(Locale.ROOT).equals("position_ids"))
            .mapToLong(Map.Entry::getValue);
    LongStream found =
        graph.nodes().stream()
            .flatMap(node -> Stream.of(cut(model, graph, node), counted(graph, node)))
            .flatMapToLong(OptionalLong::stream);
    OptionalLong least = LongStream.concat(given, found).filter(rows -> rows > 1).min();
    return least.isPresent()
        ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, least.getAsLong()))
        : OptionalInt.empty();
  }

  /** A constant whose end along one axis is computed. */
  private static OptionalLong cut(OnnxModel model, Graph graph, Node node) {
    if (!node.is("Slice") || !node.hasInput(2) || graph.constant(node.input(2)).isPresent()) {
      return OptionalLong.empty();
    }
    Optional<TensorProto> table = graph.constant(node.input(0));
    Optional<TensorProto> axes =
        node.hasInput(3) ? graph.constant(node.input(3)) : Optional.empty();
    if (table.isEmpty() || axes.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long[] along = TensorValues.longs(model, axes.get());
      int rank = table.get().getDimsCount();
      boolean one = along.length == 1 && along[0] < rank && along[0] >= -rank;
      return one
          ? OptionalLong.of(table.get().getDims((int) Math.floorMod(along[0], (long) rank)))
          : OptionalLong.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A table whose rows 0, 1, 2 … are looked up. */
  private static OptionalLong counted(Graph graph, Node node) {
    if (!node.is("Gather") || node.integer("axis", 0) != 0) {
      return OptionalLong.empty();
    }
    Optional<TensorProto> table =
        graph.constant(node.input(0)).filter(tensor -> tensor.getDimsCount() > 1);
    Optional<Node> from = graph.producer(node.input(1));
    while (from.isPresent() && HANDED_ON.contains(from.get().op())) {
      from = graph.producer(from.get().input(0));
    }
    return table.isPresent() && from.isPresent() && from.get().is("Range")
        ? OptionalLong.of(table.get().getDims(0))
        : OptionalLong.empty();
  }
}
