/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Puts a block's branch into an {@code If} of stock ONNX Runtime, which computes it when the gate
 * of any sample of the batch is above a bar; else a linear map takes its place.
 */
final class GatedGraph {
  /** From here on reductions take their axes as an input. */
  private static final long AXES_AS_INPUT = 18;

  private final OnnxModel model;
  private final Graph graph;

  GatedGraph(OnnxModel model) {
    this.model = model;
    this.graph = new Graph(model);
  }

  OnnxModel built() {
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  /**
   * @param rank of the block's values
   * @return the value that the bar is held against, a scalar
   */
  String gate(ResidualBlock block, int rank, Gate gate, double bar, StandIn standIn) {
    String need = need(block, rank, gate);
    String open = node("Greater", block, "_open", need, scalar(block, "_bar", bar));
    Node sum = graph.producer(block.sum()).orElseThrow();
    Set<Node> own = ResidualBlock.own(graph, block.branch());
    List<NodeProto> inside = new ArrayList<>();
    graph.nodesInOrder().stream().filter(own::contains).forEach(n -> inside.add(n.proto()));
    String whole = graph.freshName(block.sum() + "_whole");
    inside.add(add(block.skip(), block.branch(), whole));
    String skipped = graph.freshName(block.sum() + "_skipped");
    List<NodeProto> outside = new ArrayList<>();
    outside.add(add(block.skip(), mapped(block, rank, standIn, outside), skipped));
    own.forEach(graph::remove);
    graph.set(
        sum,
        NodeBuilder.of("If")
            .inputs(open)
            .output(block.sum())
            .with(branch("then_branch", inside, whole))
            .with(branch("else_branch", outside, skipped))
            .build());
    return need;
  }

  private String need(ResidualBlock block, int rank, Gate gate) {
    List<Long> axes = positions(block, rank);
    String value = block.skip();
    if (!axes.isEmpty()) {
      value = node("Sub", block, "_around", value, reduced("ReduceMean", block, value, axes, 1));
    }
    String spread = node("Mul", block, "_square", value, value);
    spread = axes.isEmpty() ? spread : reduced("ReduceMean", block, spread, axes, 0);
    String floored = node("Add", block, "_floored", spread, scalar(block, "_floor", gate.floor()));
    String logs = node("Log", block, "_log", floored);
    long channels = gate.weights().length;
    String weights =
        graph.addConstant(
            block.sum() + "_gate", TensorValues.floats(List.of(channels, 1L), gate.weights()));
    String product = node("MatMul", block, "_foretold", logs, weights);
    String most = reduced("ReduceMax", block, product, List.of(0L, 1L), 0);
    return node("Add", block, "_need", most, scalar(block, "_shift", gate.shift()));
  }

  /** All axes but that of the batch and that of channels. */
  private static List<Long> positions(ResidualBlock block, int rank) {
    int channels = Math.floorMod(block.channelAxis(), rank);
    return IntStream.range(1, rank).filter(i -> i != channels).mapToObj(i -> (long) i).toList();
  }

  private String reduced(
      String operator, ResidualBlock block, String value, List<Long> axes, long keep) {
    String output = graph.freshName(value + "_" + operator);
    NodeBuilder node = NodeBuilder.of(operator).inputs(value).with("keepdims", keep);
    long[] given = axes.stream().mapToLong(a -> a).toArray();
    if (OpsetUpgrade.version(model.proto()) >= AXES_AS_INPUT) {
      node.inputs(graph.addConstant(block.sum() + "_axes", TensorValues.longs(given)));
    } else {
      node.with("axes", given);
    }
    graph.add(node.output(output).build());
    return output;
  }

  private String node(String operator, ResidualBlock block, String suffix, String... inputs) {
    String output = graph.freshName(block.sum() + suffix);
    graph.add(NodeBuilder.of(operator).inputs(inputs).output(output).build());
    return output;
  }

  private String scalar(ResidualBlock block, String suffix, double value) {
    return graph.addConstant(
        block.sum() + suffix, TensorValues.floats(List.of(), new double[] {value}));
  }

  /** A convolution of one tap, or a product over the last axis. */
  private String mapped(ResidualBlock block, int rank, StandIn standIn, List<NodeProto> into) {
    boolean last = Math.floorMod(block.channelAxis(), rank) == rank - 1;
    long in = standIn.map().length;
    long out = standIn.constant().length;
    List<Long> dims = new ArrayList<>(last ? List.of(in, out) : List.of(out, in));
    dims.addAll(Collections.nCopies(last ? 0 : rank - 2, 1L));
    double[] flat = new double[(int) (in * out)];
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        flat[(int) (last ? i * out + o : o * in + i)] = standIn.map()[i][o];
      }
    }
    String map = graph.addConstant(block.sum() + "_linear", TensorValues.floats(dims, flat));
    String constant =
        graph.addConstant(
            block.sum() + "_constant", TensorValues.floats(List.of(out), standIn.constant()));
    String product = graph.freshName(block.sum() + "_mapped");
    if (!last) {
      into.add(NodeBuilder.of("Conv").inputs(block.skip(), map, constant).output(product).build());
      return product;
    }
    String moved = graph.freshName(block.sum() + "_moved");
    into.add(NodeBuilder.of("MatMul").inputs(block.skip(), map).output(product).build());
    into.add(add(product, constant, moved));
    return moved;
  }

  private static NodeProto add(String a, String b, String sum) {
    return NodeBuilder.of("Add").inputs(a, b).output(sum).build();
  }

  private static AttributeProto branch(String name, List<NodeProto> nodes, String output) {
    TypeProto type =
        TypeProto.newBuilder()
            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number()))
            .build();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(
            GraphProto.newBuilder()
                .setName(name)
                .addAllNode(nodes)
                .addOutput(ValueInfoProto.newBuilder().setName(output).setType(type)))
        .build();
  }
}
