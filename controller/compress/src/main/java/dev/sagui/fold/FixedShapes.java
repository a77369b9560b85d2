/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Puts numbers in place of shapes that are asked for at every run though they are fixed: a Shape
 * whose dimensions all are, and a Gather or Slice that takes only fixed ones of a Shape, or none.
 */
final class FixedShapes implements Pass {
  @Override
  public String name() {
    return "fixed-shapes";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    Graph graph = bench.graph();
    int fixed = 0;
    for (Node node : graph.nodes()) {
      if (!node.isStandard() || node.outputs().size() != 1 || graph.isOutput(node.output(0))) {
        continue;
      }
      Optional<TensorProto> value = value(bench, node);
      if (value.isPresent()) {
        graph.remove(node);
        graph.put(value.get().toBuilder().setName(node.output(0)).build());
        fixed++;
      }
    }
    return fixed;
  }

  private static Optional<TensorProto> value(Bench bench, Node node) throws IOException {
    return switch (node.op()) {
      case "Shape" -> dims(bench, node).flatMap(dims -> fixed(dims));
      case "Gather" -> node.integer("axis", 0) == 0 ? gathered(bench, node) : Optional.empty();
      case "Slice" -> sliced(bench, node);
      default -> Optional.empty();
    };
  }

  /** What a Shape gives; −1 for a dimension that is free. */
  private static Optional<long[]> dims(Bench bench, Node shape) {
    Optional<List<Long>> dims = bench.types().shape(shape.input(0));
    if (dims.isEmpty()) {
      return Optional.empty();
    }
    int rank = dims.get().size();
    int start = bounded(shape.integer("start", 0), rank);
    int end = bounded(shape.integer("end", rank), rank);
    return Optional.of(
        IntStream.range(start, Math.max(start, end)).mapToLong(i -> dims.get().get(i)).toArray());
  }

  private static Optional<long[]> shapeBefore(Bench bench, Node node) {
    return bench
        .graph()
        .producer(node.input(0))
        .filter(producer -> producer.is("Shape"))
        .flatMap(producer -> dims(bench, producer));
  }

  private static Optional<TensorProto> gathered(Bench bench, Node node) throws IOException {
    Optional<long[]> dims = shapeBefore(bench, node);
    Optional<long[]> indices = bench.integers(node.input(1));
    if (dims.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    int rank = dims.get().length;
    long[] picked = new long[indices.get().length];
    for (int i = 0; i < picked.length; i++) {
      long index = indices.get()[i] < 0 ? indices.get()[i] + rank : indices.get()[i];
      if (index < 0 || index >= rank) {
        return Optional.empty();
      }
      picked[i] = dims.get()[(int) index];
    }
    List<Long> shape = bench.dims(node.input(1)).orElseThrow();
    return fixed(picked).map(t -> t.toBuilder().clearDims().addAllDims(shape).build());
  }

  private static Optional<TensorProto> sliced(Bench bench, Node node) throws IOException {
    Optional<long[]> dims = shapeBefore(bench, node);
    Optional<long[]> starts = bench.integers(node.input(1));
    Optional<long[]> ends = bench.integers(node.input(2));
    if (dims.isEmpty()
        || starts.isEmpty()
        || ends.isEmpty()
        || starts.get().length != 1
        || ends.get().length != 1
        || !isAbsentOr(bench, node.input(4), 1)
        || !(isAbsentOr(bench, node.input(3), 0) || isAbsentOr(bench, node.input(3), -1))) {
      return Optional.empty();
    }
    int rank = dims.get().length;
    int start = bounded(starts.get()[0], rank);
    int end = bounded(ends.get()[0], rank);
    return fixed(
        IntStream.range(start, Math.max(start, end)).mapToLong(i -> dims.get()[i]).toArray());
  }

  private static boolean isAbsentOr(Bench bench, String input, long value) throws IOException {
    Optional<long[]> found = input.isEmpty() ? Optional.empty() : bench.integers(input);
    return input.isEmpty() || found.filter(v -> v.length == 1 && v[0] == value).isPresent();
  }

  /** An index from the front or the back, within 0 and {@code rank}. */
  static int bounded(long index, int rank) {
    return (int) Math.min(rank, Math.max(0, index < 0 ? index + rank : index));
  }

  private static Optional<TensorProto> fixed(long[] dims) {
    return LongStream.of(dims).anyMatch(d -> d < 0)
        ? Optional.empty()
        : Optional.of(TensorValues.longs(dims));
  }
}
