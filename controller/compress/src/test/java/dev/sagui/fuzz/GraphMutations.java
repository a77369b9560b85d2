/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Well-formed messages with a graph that makes no sense. */
final class GraphMutations {
  static final Map<String, FuzzCorpus.GraphMutation> ALL = new TreeMap<>();

  private static final ByteString NOT_UTF8 = ByteString.copyFrom(new byte[] {(byte) 0xff, 'x', 0});

  static {
    graph("graph without nodes", (g, r) -> g.clearNode());
    graph("graph without outputs", (g, r) -> g.clearOutput());
    graph("graph without inputs", (g, r) -> g.clearInput());
    graph("graph with an empty node", (g, r) -> g.addNode(NodeProto.newBuilder()));
    graph("graph twice the same nodes", (g, r) -> g.addAllNode(g.build().getNodeList()));
    graph("graph inputs twice", (g, r) -> g.addAllInput(g.build().getInputList()));
    graph("graph outputs twice", (g, r) -> g.addAllOutput(g.build().getOutputList()));
    graph("graph output of an input", (g, r) -> g.addAllOutput(g.build().getInputList()));
    graph("graph backwards", GraphMutations::backwards);
    graph("graph many empty nodes", GraphMutations::bomb);
    graph("graph nested deep", (g, r) -> nest(g, 11));
    graph("graph nested too deep", (g, r) -> nest(g, 60));
    graph("graph type nested", (g, r) -> g.getInputBuilderList().forEach(i -> deepType(i)));
    node("node cycle", (n, r) -> n.addInput(n.getOutputCount() > 0 ? n.getOutput(0) : "y"));
    node("node of no operator", (n, r) -> n.clearOpType());
    node("node of unknown operator", (n, r) -> n.setOpType("Blorp"));
    node("node of unknown domain", (n, r) -> n.setDomain("com.example"));
    node("node of another operator", GraphMutations::otherOperator);
    node("node without inputs", (n, r) -> n.clearInput());
    node("node without outputs", (n, r) -> n.clearOutput());
    node("node with a missing input", (n, r) -> n.addInput("nobody makes this"));
    node("node with many inputs", (n, r) -> many(n));
    node("node with an empty output", (n, r) -> n.addOutput(""));
    node("node outputs twice", (n, r) -> n.addAllOutput(n.build().getOutputList()));
    node("node not utf8", (n, r) -> n.setNameBytes(NOT_UTF8).addInputBytes(NOT_UTF8));
    node("node op not utf8", (n, r) -> n.setOpTypeBytes(NOT_UTF8));
    node("node output not utf8", (n, r) -> n.clearOutput().addOutputBytes(NOT_UTF8));
    node("attribute twice", (n, r) -> n.addAllAttribute(n.build().getAttributeList()));
    node("attribute strange", GraphMutations::strange);
    node("attributes gone", (n, r) -> n.clearAttribute());
    model("opset none", (m, r) -> m.clearOpsetImport());
    model("opset strange", (m, r) -> m.clearOpsetImport().addOpsetImport(opset("", odd(r))));
    model("opset twice", (m, r) -> m.addOpsetImport(opset("", 1 + r.nextInt(22))));
    model("opset other", (m, r) -> m.clearOpsetImport().addOpsetImport(opset("", r.nextInt(24))));
    model("ir strange", (m, r) -> m.setIrVersion(odd(r)));
    model("function of itself", GraphMutations::recursive);
  }

  private GraphMutations() {}

  private static void model(String name, BiConsumer<ModelProto.Builder, Random> change) {
    ALL.put(
        name,
        (model, random) -> {
          ModelProto.Builder builder = model.toBuilder();
          change.accept(builder, random);
          return builder.build();
        });
  }

  private static void graph(String name, BiConsumer<GraphProto.Builder, Random> change) {
    model(name, (model, random) -> change.accept(model.getGraphBuilder(), random));
  }

  private static void node(String name, BiConsumer<NodeProto.Builder, Random> change) {
    graph(
        name,
        (graph, random) ->
            change.accept(graph.getNodeBuilder(random.nextInt(graph.getNodeCount())), random));
  }

  static long odd(Random random) {
    long[] odd = {0, -1, 1, 6, 99, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE};
    return odd[random.nextInt(odd.length)];
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static void backwards(GraphProto.Builder graph, Random random) {
    GraphProto before = graph.build();
    graph.clearNode();
    for (int i = before.getNodeCount() - 1; i >= 0; i--) {
      graph.addNode(before.getNode(i));
    }
  }

  private static void bomb(GraphProto.Builder graph, Random random) {
    NodeProto empty = NodeProto.newBuilder().setOpType("Relu").addInput("q").build();
    for (int i = 0; i < 300_000; i++) {
      graph.addNode(empty);
    }
  }

  private static void nest(GraphProto.Builder graph, int depth) {
    GraphProto body = graph.build();
    for (int i = 0; i < depth; i++) {
      NodeProto.Builder node = NodeProto.newBuilder().setOpType("If").addInput("c");
      body.getOutputList().forEach(output -> node.addOutput(output.getName()));
      node.addAttribute(branch("then_branch", body));
      body = GraphProto.newBuilder().addNode(node).addAllOutput(body.getOutputList()).build();
    }
    graph.clearNode().addAllNode(body.getNodeList());
  }

  private static AttributeProto branch(String name, GraphProto body) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  private static void deepType(ai.onnx.proto.OnnxMl.ValueInfoProto.Builder input) {
    TypeProto type = input.getType();
    for (int i = 0; i < 30; i++) {
      type =
          TypeProto.newBuilder()
              .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type))
              .build();
    }
    input.setType(type);
  }

  private static void otherOperator(NodeProto.Builder node, Random random) {
    String[] others = {
      "Conv",
      "Reshape",
      "If",
      "Loop",
      "Constant",
      "Split",
      "Gemm",
      "Concat",
      "LSTM",
      "Expand",
      "ConstantOfShape",
      "Resize",
      "Pad",
      "Slice",
      "Transpose",
      "BatchNormalization",
      "Cast",
      "Dropout",
      "DequantizeLinear",
      "Scan",
      "Range",
      "Tile",
      "Squeeze",
      "ConvTranspose"
    };
    node.setOpType(others[random.nextInt(others.length)]);
  }

  private static void many(NodeProto.Builder node) {
    for (int i = 0; i < 1000; i++) {
      node.addInput(i % 3 == 0 ? "" : "i" + i);
    }
  }

  private static void strange(NodeProto.Builder node, Random random) {
    if (node.getAttributeCount() == 0) {
      node.addAttribute(AttributeProto.newBuilder().setName("axis").setI(odd(random)));
      return;
    }
    AttributeProto.Builder chosen =
        node.getAttributeBuilder(random.nextInt(node.getAttributeCount()));
    switch (random.nextInt(4)) {
      case 0 -> chosen.setI(odd(random)).clearInts();
      case 1 -> chosen.clearInts().addInts(odd(random)).addInts(odd(random));
      case 2 -> chosen.clearType().clearT().clearG();
      default -> chosen.setNameBytes(NOT_UTF8);
    }
  }

  private static void recursive(ModelProto.Builder model, Random random) {
    NodeProto call =
        NodeProto.newBuilder().setOpType("F").setDomain("d").addInput("a").addOutput("b").build();
    model
        .addOpsetImport(opset("d", 1))
        .addFunctions(
            FunctionProto.newBuilder()
                .setName("F")
                .setDomain("d")
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(opset("d", 1))
                .addNode(call));
    model.getGraphBuilder().getNodeBuilder(0).setOpType("F").setDomain("d");
  }
}
