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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a Reshape to copy what its shape is computed from, where that are dimensions of its own
 * input at the same place: heads of attention are written as Shape, Gather and Concat by exporters,
 * and as [0, 0, heads, size] here.
 */
final class CopiedDims implements Pass {
  /** Give each dimension as their first input has it. */
  private static final Set<String> KEEPING =
      Set.of("Cast", "Erf", "Gelu", "Identity", "LayerNormalization", "Relu", "Sigmoid", "Tanh");

  private static final Set<String> BROADCASTING = Set.of("Add", "Sub", "Mul", "Div");

  /** A dimension of a value. */
  private record Dim(String value, int axis) {}

  /**
   * An element of a shape.
   *
   * @param told where it is a constant
   * @param source where it is a dimension
   */
  private record Element(Optional<Long> told, Optional<Dim> source) {}

  @Override
  public String name() {
    return "copied-dims";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    Graph graph = bench.graph();
    int told = 0;
    for (Node node : graph.nodes()) {
      if (!node.isStandard() || !node.is("Reshape") || node.integer("allowzero", 0) != 0) {
        continue;
      }
      Optional<long[]> shape = shape(bench, node);
      if (shape.isPresent()) {
        String name = graph.addConstant(node.output(0) + "_shape", TensorValues.longs(shape.get()));
        graph.set(node, node.proto().toBuilder().setInput(1, name).build());
        told++;
      }
    }
    return told;
  }

  private static Optional<long[]> shape(Bench bench, Node reshape) throws IOException {
    Optional<Node> concat = bench.graph().producer(reshape.input(1)).filter(n -> n.is("Concat"));
    if (concat.isEmpty()) {
      return Optional.empty();
    }
    List<Element> elements = new ArrayList<>();
    for (String part : concat.get().inputs()) {
      Optional<List<Element>> own = elements(bench, part);
      if (own.isEmpty()) {
        return Optional.empty();
      }
      elements.addAll(own.get());
    }
    long[] shape = new long[elements.size()];
    for (int i = 0; i < shape.length; i++) {
      Element element = elements.get(i);
      Dim here = origin(bench, new Dim(reshape.input(0), i));
      if (element.told().isEmpty() && !element.source().filter(here::equals).isPresent()) {
        return Optional.empty();
      }
      shape[i] = element.told().orElse(0L);
    }
    return Optional.of(shape);
  }

  /** What a part of a shape is made of; empty when that is not known. */
  private static Optional<List<Element>> elements(Bench bench, String part) throws IOException {
    Optional<long[]> constant = bench.integers(part);
    if (constant.isPresent()) {
      List<Element> all = new ArrayList<>();
      for (long value : constant.get()) {
        all.add(new Element(Optional.of(value), Optional.empty()));
      }
      return Optional.of(all);
    }
    Optional<Node> node = bench.graph().producer(part).filter(Node::isStandard);
    if (node.filter(n -> n.is("Unsqueeze")).isPresent()) {
      node = bench.graph().producer(node.get().input(0)).filter(n -> n.is("Gather"));
    }
    if (node.isEmpty()) {
      return Optional.empty();
    }
    return switch (node.get().op()) {
      case "Gather" -> dims(bench, node.get(), bench.integers(node.get().input(1)));
      case "Slice" -> dims(bench, node.get(), sliced(bench, node.get()));
      default -> Optional.empty();
    };
  }

  /** Dimensions of what a node takes the Shape of. */
  private static Optional<List<Element>> dims(Bench bench, Node node, Optional<long[]> axes) {
    Optional<Node> shape =
        bench
            .graph()
            .producer(node.input(0))
            .filter(n -> n.is("Shape") && n.attribute("start").isEmpty())
            .filter(n -> n.attribute("end").isEmpty());
    if (shape.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    String value = shape.get().input(0);
    Optional<Integer> rank = rank(bench, value);
    List<Element> all = new ArrayList<>();
    for (long axis : axes.get()) {
      if (axis < 0 && rank.isEmpty()) {
        return Optional.empty();
      }
      int at = (int) (axis < 0 ? axis + rank.get() : axis);
      Dim source = origin(bench, new Dim(value, at));
      all.add(new Element(Optional.empty(), Optional.of(source)));
    }
    return Optional.of(all);
  }

  /** The axes that a Slice from the first on takes. */
  private static Optional<long[]> sliced(Bench bench, Node slice) throws IOException {
    Optional<long[]> starts = bench.integers(slice.input(1));
    Optional<long[]> ends = bench.integers(slice.input(2));
    boolean plain =
        starts.filter(s -> s.length == 1 && s[0] == 0).isPresent()
            && ends.filter(e -> e.length == 1).isPresent()
            && (!slice.hasInput(4)
                || bench.integers(slice.input(4)).filter(s -> s[0] == 1).isPresent());
    Optional<Integer> rank =
        bench.graph().producer(slice.input(0)).flatMap(shape -> rank(bench, shape.input(0)));
    if (!plain || rank.isEmpty()) {
      return Optional.empty();
    }
    long[] axes = new long[FixedShapes.bounded(ends.orElseThrow()[0], rank.get())];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    return Optional.of(axes);
  }

  private static Optional<Integer> rank(Bench bench, String value) {
    return bench.types().shape(value).map(List::size);
  }

  /** The first dimension that this one is always equal to. */
  private static Dim origin(Bench bench, Dim dim) {
    Dim at = dim;
    for (Optional<Dim> before = Optional.of(at); before.isPresent(); before = before(bench, at)) {
      at = before.get();
    }
    return at;
  }

  private static Optional<Dim> before(Bench bench, Dim dim) {
    Optional<Node> producer = bench.graph().producer(dim.value()).filter(Node::isStandard);
    if (producer.isEmpty()) {
      return Optional.empty();
    }
    Node node = producer.get();
    if (KEEPING.contains(node.op())) {
      return Optional.of(new Dim(node.input(0), dim.axis()));
    }
    if (node.is("Transpose") && dim.axis() < node.integers("perm").size()) {
      return Optional.of(new Dim(node.input(0), node.integers("perm").get(dim.axis()).intValue()));
    }
    Optional<Integer> rank = rank(bench, dim.value());
    if (rank.isEmpty() || dim.axis() >= rank.get()) {
      return Optional.empty();
    }
    int back = rank.get() - dim.axis();
    if (node.is("MatMul")) {
      boolean row = bench.dims(node.input(1)).filter(dims -> dims.size() == 2).isPresent();
      return row && back > 1 ? Optional.of(new Dim(node.input(0), dim.axis())) : Optional.empty();
    }
    return BROADCASTING.contains(node.op()) ? stretched(bench, node, dim, back) : Optional.empty();
  }

  /** Where the other operand is a constant that does not stretch this dimension. */
  private static Optional<Dim> stretched(Bench bench, Node node, Dim dim, int back) {
    int constant = bench.graph().constant(node.input(0)).isPresent() ? 0 : 1;
    Optional<TensorProto> other = bench.graph().constant(node.input(constant));
    int rank = back + dim.axis();
    boolean kept =
        other
            .filter(t -> t.getDimsCount() <= rank)
            .filter(t -> t.getDimsCount() < back || t.getDims(t.getDimsCount() - back) == 1)
            .isPresent();
    boolean whole = rank(bench, node.input(1 - constant)).filter(r -> r == rank).isPresent();
    return kept && whole
        ? Optional.of(new Dim(node.input(1 - constant), dim.axis()))
        : Optional.empty();
  }
}
