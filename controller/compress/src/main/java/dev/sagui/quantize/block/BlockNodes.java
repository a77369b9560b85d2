/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import dev.sagui.quantize.linear.WeightGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a quantized matrix and the nodes that take it into a graph.
 *
 * @param divided values that stand for activations whose channels were divided
 */
record BlockNodes(
    OnnxModel model, Graph graph, BlockOptions options, int bits, Map<String, String> divided) {
  /** Names; the zero points' is empty when there are none. */
  private record Parts(String codes, String scales, String zeros, List<Long> codeDims) {}

  /** The bytes that the matrix takes now. */
  long replace(WeightGroup group, BlockFiles files) throws IOException {
    Parts parts = parts(group, files);
    String rows = rows(group, parts);
    for (Node gather : group.gathers()) {
      lookUp(gather, parts, rows);
    }
    for (LinearLayer layer : group.layers()) {
      product(layer, parts);
    }
    Unused.remove(graph);
    long zeros = options.symmetric() ? 0 : files.zeros().bytes();
    return files.codes().bytes() + files.scales().bytes() + zeros;
  }

  private Parts parts(WeightGroup group, BlockFiles files) throws IOException {
    TensorProto weight = group.weight();
    boolean byRow = group.byRow();
    long outputs = weight.getDims(byRow ? 0 : 1);
    int inputs = (int) weight.getDims(byRow ? 1 : 0);
    long blocks = PackedBlocks.blocks(inputs, options.block());
    long zeroBytes = PackedBlocks.zeroBytes(inputs, bits, options.block());
    long blockBytes = (long) options.block() * bits / 8;
    String name = weight.getName();
    List<Long> codeDims =
        group.layers().isEmpty()
            ? List.of(outputs, blocks * blockBytes)
            : List.of(outputs, blocks, blockBytes);
    return new Parts(
        add(name + "_q" + bits, ElementType.UINT8, files.codes(), codeDims),
        add(name + "_scales", ElementType.FLOAT, files.scales(), List.of(outputs, blocks)),
        options.symmetric()
            ? ""
            : add(
                name + "_zero_points",
                ElementType.UINT8,
                files.zeros(),
                List.of(outputs, zeroBytes)),
        codeDims);
  }

  private String add(String hint, ElementType type, Payload payload, List<Long> dims) {
    TensorProto tensor =
        TensorProto.newBuilder().setDataType(type.number()).addAllDims(dims).build();
    return graph.addConstant(hint, model.attach(tensor, payload));
  }

  /** The codes as look-ups take them, two-dimensional. */
  private String rows(WeightGroup group, Parts parts) {
    if (group.gathers().isEmpty() || parts.codeDims().size() == 2) {
      return parts.codes();
    }
    String rows = graph.freshName(parts.codes() + "_rows");
    long bytes = parts.codeDims().get(1) * parts.codeDims().get(2);
    String shape =
        graph.addConstant(rows + "_shape", TensorValues.longs(parts.codeDims().get(0), bytes));
    graph.add(Nodes.node("", "Reshape", List.of(parts.codes(), shape), rows).build());
    return rows;
  }

  private List<String> with(Parts parts, String... first) {
    List<String> inputs = new ArrayList<>(List.of(first));
    inputs.add(parts.scales());
    if (!parts.zeros().isEmpty()) {
      inputs.add(parts.zeros());
    }
    return inputs;
  }

  private void lookUp(Node gather, Parts parts, String rows) {
    NodeProto.Builder node =
        Nodes.node(
            Nodes.MICROSOFT,
            "GatherBlockQuantized",
            with(parts, rows, gather.input(1)),
            gather.output(0));
    node.addAttribute(Nodes.integer("bits", bits));
    node.addAttribute(Nodes.integer("block_size", options.block()));
    node.addAttribute(Nodes.integer("gather_axis", 0));
    node.addAttribute(Nodes.integer("quantize_axis", 1));
    graph.set(gather, node.build());
  }

  private void product(LinearLayer layer, Parts parts) {
    String output = layer.node().output(0);
    String addend = layer.addend();
    String product = addend.isEmpty() ? output : graph.freshName(output + "_product");
    String input = layer.node().input(0);
    NodeProto.Builder node =
        Nodes.node(
            Nodes.MICROSOFT,
            "MatMulNBits",
            with(parts, divided.getOrDefault(input, input), parts.codes()),
            product);
    node.addAttribute(Nodes.integer("K", layer.inputs()));
    node.addAttribute(Nodes.integer("N", layer.outputs()));
    node.addAttribute(Nodes.integer("bits", bits));
    node.addAttribute(Nodes.integer("block_size", options.block()));
    node.addAttribute(Nodes.integer("accuracy_level", options.accuracyLevel()));
    graph.set(layer.node(), node.build());
    if (!addend.isEmpty()) {
      graph.add(Nodes.node("", "Add", List.of(product, addend), output).build());
    }
  }
}
