/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.linear.InputScaling;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import dev.sagui.quantize.linear.WeightGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A graph whose products and look-ups are being put into int8. */
final class Int8Graph {
  /** A quantized matrix [K, N] by the names of its parts; the zero point is empty when it is 0. */
  private record Quantized(String codes, String scale, String zeroPoint) {}

  private record Product(LinearLayer layer, Quantized matrix) {}

  private final OnnxModel model;
  private final Graph graph;
  private final DynamicOptions options;
  private final Smoothing smoothing;
  private final Map<String, Int8Codes> rounded;
  private final Map<String, List<Product>> byActivation = new LinkedHashMap<>();

  /**
   * @param rounded matrices that are in int8 already, by the weights' names
   */
  Int8Graph(
      OnnxModel model,
      Graph graph,
      DynamicOptions options,
      Smoothing smoothing,
      Map<String, Int8Codes> rounded) {
    this.rounded = rounded;
    this.smoothing = smoothing;
    this.model = model;
    this.graph = graph;
    this.options = options;
  }

  private String obstacle(WeightGroup group) {
    if (!group.obstacle().isEmpty()) {
      return group.obstacle();
    }
    if (!options.embeddings() && !group.gathers().isEmpty()) {
      return "embeddings are left as they are";
    }
    return group.isMixed()
        ? "its rows belong together for one use and its columns for another"
        : "";
  }

  /** Reads a matrix for its scales, and edits nothing; empty when it stays. Any thread. */
  Optional<Int8Codes> codes(WeightGroup group) throws IOException {
    if (!obstacle(group).isEmpty()) {
      return Optional.empty();
    }
    TensorProto weight = group.weight();
    MatrixRows matrix = group.rows(model);
    Int8Codes found = rounded.get(weight.getName());
    return Optional.of(
        found != null
            ? found
            : Int8Matrix.of(smoothing.smoothed(group, matrix), group.byRow(), options).codes());
  }

  /**
   * Replaces the look-ups of a matrix; its products wait for {@link #replaceProducts}.
   *
   * @param found the group's own {@link #codes}
   */
  StoredWeight quantize(WeightGroup group, Optional<Int8Codes> found) {
    if (found.isEmpty()) {
      return left(group, obstacle(group));
    }
    Int8Codes codes = found.get();
    if (!codes.isFinite()) {
      return left(group, "it holds values that are not finite");
    }
    boolean byRow = group.byRow();
    TensorProto weight = group.weight();
    String name = weight.getName();
    String stored = addCodes(name + "_int8", weight, codes);
    String zero = options.unsigned() ? addZeroPoint(name + "_zero_point") : "";
    for (Node gather : group.gathers()) {
      String scale = addScales(name + "_row_scale", codes.scales(), true);
      lookUp(gather, stored, scale, zero);
    }
    if (!group.layers().isEmpty()) {
      String scale = addScales(name + "_scale", scales(codes), false);
      String operand = byRow ? turned(stored) : stored;
      Quantized quantized = new Quantized(operand, scale, zero);
      for (LinearLayer layer : group.layers()) {
        byActivation
            .computeIfAbsent(layer.node().input(0), x -> new ArrayList<>())
            .add(new Product(layer, quantized));
      }
    }
    long after = codes.payload().bytes() + (long) codes.scales().length * Float.BYTES;
    return new StoredWeight(name, group.bytes(), after, "");
  }

  private static StoredWeight left(WeightGroup group, String reason) {
    return new StoredWeight(group.weight().getName(), group.bytes(), group.bytes(), reason);
  }

  private float[] scales(Int8Codes codes) {
    return options.perChannel() ? codes.scales() : new float[] {codes.scales()[0]};
  }

  private String addCodes(String hint, TensorProto weight, Int8Codes codes) {
    ElementType type = options.unsigned() ? ElementType.UINT8 : ElementType.INT8;
    TensorProto.Builder tensor = weight.toBuilder().setDataType(type.number());
    return graph.addConstant(hint, model.attach(tensor.build(), codes.payload()));
  }

  private String addZeroPoint(String hint) {
    byte[] middle = {(byte) 128};
    return graph.addConstant(
        hint, TensorValues.raw(ElementType.UINT8, List.of(), ByteString.copyFrom(middle)));
  }

  /** As a column [V, 1] for look-ups, else as a vector, or a number when there is one. */
  private String addScales(String hint, float[] scales, boolean column) {
    double[] values = new double[scales.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = scales[i];
    }
    List<Long> dims = column ? List.of((long) values.length, 1L) : List.of((long) values.length);
    return graph.addConstant(
        hint, TensorValues.floats(!column && values.length == 1 ? List.of() : dims, values));
  }

  /** [N, K] → [K, N]; folded by ONNX Runtime when it loads the model. */
  private String turned(String stored) {
    String turned = graph.freshName(stored + "_t");
    graph.add(
        Nodes.node("", "Transpose", List.of(stored), turned)
            .addAttribute(Nodes.integers("perm", List.of(1L, 0L)))
            .build());
    return turned;
  }

  /** Gather of codes → Cast → Mul by Gather of scales. */
  private void lookUp(Node gather, String codes, String scale, String zero) {
    String ids = gather.input(1);
    String output = gather.output(0);
    String rows = graph.freshName(output + "_codes");
    String floats = graph.freshName(output + "_floats");
    String factors = graph.freshName(output + "_scales");
    graph.remove(gather);
    graph.add(Nodes.node("", "Gather", List.of(codes, ids), rows).build());
    graph.add(Nodes.toFloat(rows, floats));
    graph.add(Nodes.node("", "Gather", List.of(scale, ids), factors).build());
    String centred = floats;
    if (!zero.isEmpty()) {
      String middle =
          graph.addConstant("middle", TensorValues.floats(List.of(), new double[] {128}));
      centred = graph.freshName(output + "_centred");
      graph.add(Nodes.node("", "Sub", List.of(floats, middle), centred).build());
    }
    graph.add(Nodes.node("", "Mul", List.of(centred, factors), output).build());
  }

  /** Replaces the products, and drops the weights that nothing uses any longer. */
  void replaceProducts() {
    for (Map.Entry<String, List<Product>> entry : byActivation.entrySet()) {
      List<Product> products = entry.getValue();
      String value = smoothed(entry.getKey());
      Activation activation =
          products.size() == 1 ? new Activation(value, "", "") : Activation.quantized(graph, value);
      products.forEach(product -> replace(product, activation));
    }
    Unused.remove(graph);
  }

  private String smoothed(String activation) {
    double[] factors = smoothing.factors(activation);
    return factors.length == 0 ? activation : InputScaling.divided(graph, activation, factors);
  }

  private void replace(Product product, Activation activation) {
    LinearLayer layer = product.layer();
    Node node = layer.node();
    Optional<Node> add = layer.biasAdd(graph);
    String addend = add.map(layer::other).orElse(layer.addend());
    boolean fused = !addend.isEmpty() && layer.isBias(graph, addend);
    String output = add.map(a -> a.output(0)).orElse(node.output(0));
    String product0 = fused || addend.isEmpty() ? output : graph.freshName(output + "_product");
    graph.remove(node);
    add.ifPresent(graph::remove);
    Quantized matrix = product.matrix();
    List<String> inputs =
        activation.operands(
            matrix.codes(), matrix.scale(), matrix.zeroPoint(), fused ? addend : "");
    NodeProto.Builder replaced =
        Nodes.node(Nodes.MICROSOFT, activation.operator(), inputs, product0);
    graph.add(replaced.build());
    if (!product0.equals(output)) {
      graph.add(Nodes.node("", "Add", List.of(product0, addend), output).build());
    }
  }
}
