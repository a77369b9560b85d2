/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.train.Parameter;
import dev.sagui.train.Projection;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A net in QDQ form, whose weights are freed to be trained: each step computes with the nearest
 * integers, activations pass QuantizeLinear and DequantizeLinear as they will on the device, and
 * gradients go straight through (Jacob et al. 2018). What comes out has the same scales and other
 * integers.
 */
public final class QuantizedNet implements Projection {
  private static final Set<ElementType> INTEGERS =
      Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT32);

  private final OnnxModel quantized;
  private final OnnxModel freed;
  private final Map<String, IntegerWeight> weights;

  private QuantizedNet(OnnxModel quantized, OnnxModel freed, Map<String, IntegerWeight> weights) {
    this.quantized = quantized;
    this.freed = freed;
    this.weights = weights;
  }

  /**
   * @param format that weights keep to
   * @return none where no weight is made of integers by DequantizeLinear
   */
  public static Optional<QuantizedNet> of(OnnxModel model, Int8Format format) throws IOException {
    Graph graph = new Graph(model);
    Map<String, IntegerWeight> weights = new HashMap<>();
    for (Node node : graph.nodes()) {
      Optional<IntegerWeight> found =
          node.is("DequantizeLinear") ? weight(model, graph, node, format) : Optional.empty();
      if (found.isPresent()) {
        IntegerWeight weight = found.get();
        TensorProto integers = graph.constant(weight.integers()).orElseThrow();
        float[] values = weight.dequantized(TensorValues.longs(model, integers));
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        graph.remove(node);
        graph.put(
            TensorValues.floats(weight.dims(), wide).toBuilder().setName(weight.value()).build());
        weights.put(weight.value(), weight);
      }
    }
    graph.initializers().stream()
        .filter(name -> !graph.isUsed(name))
        .forEach(graph::removeInitializer);
    OnnxModel freed = model.with(model.proto().toBuilder().setGraph(graph.build()).build());
    return weights.isEmpty()
        ? Optional.empty()
        : Optional.of(new QuantizedNet(model, freed, weights));
  }

  private static Optional<IntegerWeight> weight(
      OnnxModel model, Graph graph, Node node, Int8Format format) throws IOException {
    Optional<TensorProto> integers = graph.constant(node.input(0));
    Optional<TensorProto> scale = graph.constant(node.input(1));
    if (integers.isEmpty() || scale.isEmpty() || node.integer("block_size", 0) > 0) {
      return Optional.empty();
    }
    ElementType type = ElementType.of(integers.get().getDataType());
    if (!INTEGERS.contains(type)) {
      return Optional.empty();
    }
    List<Long> dims = integers.get().getDimsList();
    float[] scales = TensorValues.floats(model, scale.get());
    int[] zeros = new int[scales.length];
    if (node.hasInput(2)) {
      Optional<TensorProto> points = graph.constant(node.input(2));
      if (points.isEmpty()) {
        return Optional.empty();
      }
      long[] read = TensorValues.longs(model, points.get());
      Arrays.setAll(zeros, i -> (int) read[i]);
    }
    int axis = (int) node.integer("axis", 1);
    return Optional.of(
        new IntegerWeight(
            node.output(0),
            node.input(0),
            type,
            dims,
            scales.length == 1 ? 0 : axis < 0 ? axis + dims.size() : axis,
            scales,
            zeros,
            grid(graph, node, dims, scales.length, format)));
  }

  private static Optional<WeightGrid> grid(
      Graph graph, Node node, List<Long> dims, int rows, Int8Format format) {
    long elements = dims.stream().reduce(1L, Math::multiplyExact);
    int size = Math.toIntExact(elements / rows);
    return format.saturates() && rows > 1
        ? graph
            .onlyUser(node.output(0))
            .filter(user -> user.inputs().indexOf(node.output(0)) == 1)
            .map(user -> WeightGrid.of(user, dims, size, format))
        : Optional.empty();
  }

  /** The net with float32 weights in place of integers; activations stay quantized. */
  public OnnxModel freed() {
    return freed;
  }

  /** The quantized net with the integers nearest to the weights of a trained one. */
  public OnnxModel quantized(OnnxModel trained) throws IOException {
    Map<String, int[]> levels = new HashMap<>();
    for (TensorProto tensor : trained.graph().getInitializerList()) {
      IntegerWeight weight = weights.get(tensor.getName());
      if (weight != null) {
        levels.put(weight.integers(), weight.nearest(TensorValues.floats(trained, tensor)));
      }
    }
    Map<String, IntegerWeight> byIntegers = new HashMap<>();
    weights.values().forEach(weight -> byIntegers.put(weight.integers(), weight));
    List<TensorProto> initializers = new ArrayList<>();
    for (TensorProto tensor : quantized.graph().getInitializerList()) {
      int[] trainedLevels = levels.get(tensor.getName());
      IntegerWeight weight = byIntegers.get(tensor.getName());
      initializers.add(
          trainedLevels == null || weight == null
              ? fromTrained(tensor, trained)
              : quantized.attach(tensor, Payload.of(weight.bytes(trainedLevels))));
    }
    GraphProto graph =
        quantized.graph().toBuilder().clearInitializer().addAllInitializer(initializers).build();
    return quantized.with(quantized.proto().toBuilder().setGraph(graph).build());
  }

  /** What is float32 in both. */
  private TensorProto fromTrained(TensorProto tensor, OnnxModel trained) throws IOException {
    for (TensorProto other : trained.graph().getInitializerList()) {
      if (other.getName().equals(tensor.getName())) {
        return quantized.attach(tensor, Payload.of(trained.payload(other).toByteString()));
      }
    }
    return tensor;
  }

  @Override
  public void project(Parameter parameter, FloatBuffer free, FloatBuffer onto) {
    IntegerWeight weight = weights.get(parameter.name());
    if (weight == null) {
      NONE.project(parameter, free, onto);
      return;
    }
    float[] values = new float[parameter.size()];
    free.get(parameter.offset(), values);
    int[] nearest = weight.nearest(values);
    long[] levels = new long[nearest.length];
    Arrays.setAll(levels, i -> nearest[i]);
    onto.put(parameter.offset(), weight.dequantized(levels));
  }
}
