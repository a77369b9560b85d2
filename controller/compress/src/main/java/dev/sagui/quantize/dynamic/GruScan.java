/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.linear.Nodes;
import java.util.List;

/**
 * The steps of a GRU in one direction: h' = n + z · (h − n), with gates in the order z, r, n of the
 * ONNX operator and its linear_before_reset.
 *
 * @param state the product of the state with R
 */
record GruScan(Graph graph, int hidden, Product state, boolean reverse) {
  /** A quantized matrix by the names of its parts; the zero point is empty when it is 0. */
  record Product(String codes, String scale, String zeroPoint, String bias) {
    NodeProto node(String from, String to) {
      return Nodes.node(
              Nodes.MICROSOFT,
              "DynamicQuantizeMatMul",
              List.of(from, codes, scale, zeroPoint, bias),
              to)
          .build();
    }
  }

  /**
   * @param first state [B, H]
   * @param gates of all steps [T, B, 3H]
   * @param last names the state at the end
   * @param steps names all states, [T, B, H]
   */
  NodeProto node(String first, String gates, String last, String steps) {
    NodeProto.Builder node =
        Nodes.node("", "Scan", List.of(first, gates), last, steps)
            .addAttribute(Nodes.integer("num_scan_inputs", 1))
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("body")
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(body()));
    if (reverse) {
      node.addAttribute(Nodes.integers("scan_input_directions", List.of(1L)));
      node.addAttribute(Nodes.integers("scan_output_directions", List.of(1L)));
    }
    return node.build();
  }

  private GraphProto body() {
    String gateSizes = graph.addConstant("gru_sizes", TensorValues.longs(2L * hidden, hidden));
    String halves = graph.addConstant("gru_halves", TensorValues.longs(hidden, hidden));
    Steps s = new Steps(GraphProto.newBuilder().setName("gru_step"));
    String h = graph.freshName("gru_h");
    String x = graph.freshName("gru_x");
    String product = graph.freshName("gru_product");
    s.body.addNode(state.node(h, product));
    List<String> fromInput = s.split(x, gateSizes);
    List<String> fromState = s.split(product, gateSizes);
    String both = s.add("Sigmoid", s.add("Add", fromInput.get(0), fromState.get(0)));
    List<String> zr = s.split(both, halves);
    String reset = s.add("Mul", zr.get(1), fromState.get(1));
    String n = s.add("Tanh", s.add("Add", fromInput.get(1), reset));
    String kept = s.add("Mul", zr.get(0), s.add("Sub", h, n));
    String next = s.add("Add", n, kept);
    return s.body
        .addInput(value(h))
        .addInput(value(x))
        .addOutput(value(next))
        .addOutput(value(s.add("Identity", next)))
        .build();
  }

  private static ValueInfoProto value(String name) {
    TypeProto.Builder type = TypeProto.newBuilder();
    type.getTensorTypeBuilder().setElemType(ElementType.FLOAT.number());
    return ValueInfoProto.newBuilder().setName(name).setType(type).build();
  }

  /** The nodes of a step as they come. */
  private final class Steps {
    private final GraphProto.Builder body;

    Steps(GraphProto.Builder body) {
      this.body = body;
    }

    String add(String operator, String... inputs) {
      String output = graph.freshName("gru_" + operator);
      body.addNode(Nodes.node("", operator, List.of(inputs), output));
      return output;
    }

    List<String> split(String value, String sizes) {
      List<String> parts = List.of(graph.freshName(value + "_a"), graph.freshName(value + "_b"));
      body.addNode(
          Nodes.node("", "Split", List.of(value, sizes), parts.get(0), parts.get(1))
              .addAttribute(Nodes.integer("axis", 1)));
      return parts;
    }
  }
}
