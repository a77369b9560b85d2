/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.train.gradient.Emitter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts float32 parameters in place of what a quantized net makes its weights of. */
final class FreedGraph {
  private static final Set<ElementType> INTEGERS =
      Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT32);
  private static final Set<ElementType> STORED = Set.of(ElementType.INT8, ElementType.INT4);

  private final OnnxModel model;
  private final Graph graph;
  private final Int8Format format;
  private final List<FreedWeight> weights = new ArrayList<>();
  private final Set<String> rounded = new HashSet<>();

  /**
   * @param format that weights of DequantizeLinear keep to
   */
  FreedGraph(OnnxModel model, Int8Format format) {
    this.model = model;
    this.graph = new Graph(model);
    this.format = format;
  }

  /** What was found. */
  List<FreedWeight> weights() {
    return weights;
  }

  /** Parameters without more zeros than rounding makes. */
  Set<String> rounded() {
    return rounded;
  }

  OnnxModel freed() throws IOException {
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case "DequantizeLinear" -> dequantized(node);
        case "Mul" -> stored(node);
        case "MatMulNBits" -> blocks(node);
        case "Cast" -> half(node);
        default -> {}
      }
    }
    removeUnused();
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  private void removeUnused() {
    boolean removed = true;
    while (removed) {
      removed = false;
      for (Node node : graph.nodes()) {
        if (node.outputs().stream().noneMatch(graph::isUsed)) {
          graph.remove(node);
          removed = true;
        }
      }
    }
    graph.initializers().stream()
        .filter(name -> !graph.isUsed(name))
        .forEach(graph::removeInitializer);
  }

  /** Steps stay; integers follow the free weight. */
  private void dequantized(Node node) throws IOException {
    Optional<TensorProto> integers = constant(node.input(0), INTEGERS);
    Optional<TensorProto> scale = graph.constant(node.input(1));
    Optional<TensorProto> points = node.hasInput(2) ? graph.constant(node.input(2)) : scale;
    if (integers.isEmpty()
        || scale.isEmpty()
        || points.isEmpty()
        || node.integer("block_size", 0) > 0) {
      return;
    }
    List<Long> dims = integers.get().getDimsList();
    float[] scales = TensorValues.floats(model, scale.get());
    int[] zeros = new int[scales.length];
    if (node.hasInput(2)) {
      long[] read = TensorValues.longs(model, points.get());
      Arrays.setAll(zeros, i -> (int) read[i]);
    }
    int axis = (int) node.integer("axis", 1);
    IntegerWeight weight =
        new IntegerWeight(
            node.output(0),
            node.input(0),
            ElementType.of(integers.get().getDataType()),
            dims,
            scales.length == 1 ? 0 : axis < 0 ? axis + dims.size() : axis,
            scales,
            zeros,
            grid(node, dims, scales.length));
    graph.remove(node);
    int[] levels = weight.levels(model.payload(integers.get()).toByteString());
    put(weight.value(), dims, weight.dequantized(levels));
    add(weight, weight.value(), weight.roundedToZero(levels));
  }

  private Optional<WeightGrid> grid(Node node, List<Long> dims, int rows) {
    long elements = dims.stream().reduce(1L, Math::multiplyExact);
    int size = Math.toIntExact(elements / rows);
    return format.saturates() && rows > 1
        ? graph
            .onlyUser(node.output(0))
            .filter(user -> user.inputs().indexOf(node.output(0)) == 1)
            .map(user -> WeightGrid.of(user, dims, size, format))
        : Optional.empty();
  }

  private Optional<TensorProto> constant(String name, Set<ElementType> types) {
    return graph
        .constant(name)
        .filter(tensor -> types.contains(ElementType.of(tensor.getDataType())));
  }

  /** The Cast of integers times steps, as files store them. */
  private void stored(Node product) throws IOException {
    Optional<Node> cast = graph.producer(product.input(0)).filter(node -> node.is("Cast"));
    Optional<TensorProto> integers = cast.flatMap(node -> constant(node.input(0), STORED));
    Optional<StoredSteps> steps = StoredSteps.of(model, graph, product.input(1));
    if (integers.isEmpty()
        || steps.isEmpty()
        || graph.users(cast.get().input(0)).size() != 1
        || areSteps(product.output(0))) {
      return;
    }
    List<Long> dims = integers.get().getDimsList();
    List<Long> shape = steps.get().shape();
    IntegerWeight weight =
        new IntegerWeight(
            product.output(0),
            integers.get().getName(),
            ElementType.of(integers.get().getDataType()),
            dims,
            lastAxis(dims, shape),
            steps.get().values(),
            new int[steps.get().values().length],
            Optional.empty());
    graph.remove(product);
    free(new SteppedWeight(weight, steps.get(), shape), integers.get());
  }

  /** Whether a value is but the steps of other integers. */
  private boolean areSteps(String value) {
    return graph.users(value).stream()
        .allMatch(user -> user.is("Mul") && graph.producer(user.input(0)).isPresent());
  }

  /** Of those that the steps differ along. */
  private static int lastAxis(List<Long> dims, List<Long> shape) {
    for (int i = shape.size() - 1; i >= 0; i--) {
      if (shape.get(i) > 1) {
        return dims.size() - shape.size() + i;
      }
    }
    return 0;
  }

  private void free(SteppedWeight weight, TensorProto integers) throws IOException {
    int[] levels = weight.integers().levels(model.payload(integers).toByteString());
    weight.into(graph, levels);
    add(weight, weight.free(), weight.integers().roundedToZero(levels));
  }

  private void put(String name, List<Long> dims, float[] values) {
    graph.put(SteppedWeight.floats(dims, values).setName(name).build());
  }

  private void add(FreedWeight weight, String parameter, boolean zerosOfRounding) {
    weights.add(weight);
    if (zerosOfRounding) {
      rounded.add(parameter);
    }
  }

  /** The product with a matrix in blocks, as one with the matrix made of its blocks. */
  private void blocks(Node node) throws IOException {
    Optional<TensorProto> codes = graph.constant(node.input(1));
    Optional<StoredSteps> steps = StoredSteps.of(model, graph, node.input(2));
    if (codes.isEmpty()
        || steps.isEmpty()
        || node.hasInput(4)
        || node.hasInput(5)
        || graph.users(node.input(1)).size() != 1) {
      return;
    }
    IntegerWeight weight =
        BlockWeight.of(model, graph, node, codes.get().getName(), steps.get().values());
    graph.remove(node);
    long rows = weight.dims().get(0);
    free(new SteppedWeight(weight, steps.get(), List.of(rows, 1L)), codes.get());
    Emitter emit = new Emitter(graph);
    long outputs = node.integer("N", 1);
    long padded = rows / outputs * weight.dims().get(1);
    String matrix = emit.reshape(weight.value(), List.of(outputs, padded));
    String whole = emit.transpose(emit.slice(matrix, 1, 0, node.integer("K", padded), 1), 1, 0);
    graph.add(
        NodeBuilder.of("MatMul").inputs(node.input(0), whole).nameless(node.output(0)).build());
  }

  /** A bias or a weight of binary16, but no steps of another. */
  private void half(Node cast) throws IOException {
    boolean small = constant(cast.input(0), Set.of(ElementType.FLOAT16)).isEmpty();
    if (small || areSteps(cast.output(0))) {
      return;
    }
    Optional<StoredSteps> values = StoredSteps.of(model, graph, cast.output(0));
    if (values.isPresent()) {
      graph.remove(cast);
      put(cast.output(0), values.get().shape(), values.get().values());
      weights.add(new HalfWeight(cast.output(0), values.get()));
    }
  }
}
