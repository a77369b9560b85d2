/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {
  @Test
  void nodesAreSortedForTheirUsersAndKeepTheirOrderOtherwise() {
    GraphProto.Builder base = base();
    base.addNode(TestModels.node("Add", "y", "b", "c"));
    base.addNode(TestModels.node("Relu", "a", "x"));
    base.addNode(TestModels.node("Neg", "b", "a"));
    base.addNode(TestModels.node("Abs", "c", "a"));
    List<String> order =
        new Graph(base.build()).build().getNodeList().stream().map(n -> n.getOutput(0)).toList();
    assertEquals(List.of("a", "b", "c", "y"), order);
  }

  @Test
  void aLongChainInReverseIsSorted() {
    GraphProto.Builder base = base();
    int length = 20_000;
    base.addNode(TestModels.node("Relu", "y", "v" + (length - 1)));
    for (int i = length - 1; i > 0; i--) {
      base.addNode(TestModels.node("Relu", "v" + i, "v" + (i - 1)));
    }
    base.addNode(TestModels.node("Relu", "v0", "x"));
    GraphProto sorted = new Graph(base.build()).build();
    assertEquals("v0", sorted.getNode(0).getOutput(0));
    assertEquals("y", sorted.getNode(length).getOutput(0));
  }

  @Test
  void usesInsideNestedGraphsCountAndAreRenamed() {
    Graph graph = new Graph(withNested("outer").build());
    Node holder = graph.producer("y").orElseThrow();
    assertEquals(List.of(holder), graph.users("outer"));
    graph.replaceUses("outer", "x");
    assertFalse(graph.isUsed("outer"));
    GraphProto inner = graph.producer("y").orElseThrow().proto().getAttribute(0).getG();
    assertEquals("x", inner.getNode(0).getInput(0));
  }

  @Test
  void aValueThatANestedGraphMakesItselfIsNotTheOuterOne() {
    Graph graph = new Graph(withNested("inner").build());
    assertEquals(List.of(), graph.users("inner"));
  }

  @Test
  void freshNamesAvoidThoseOfNestedGraphs() {
    Graph graph = new Graph(withNested("outer").build());
    assertEquals("inner_1", graph.freshName("inner"));
    assertEquals("inner_2", graph.freshName("inner"));
    assertEquals("new", graph.freshName("new"));
  }

  @Test
  void whoMakesAndWhoUsesFollowsEveryEdit() {
    GraphProto.Builder base = base();
    base.addNode(TestModels.node("Relu", "a", "x"));
    base.addNode(TestModels.node("Neg", "y", "a"));
    Graph graph = new Graph(base.build());
    Node relu = graph.producer("a").orElseThrow();
    assertEquals("y", graph.onlyUser("a").orElseThrow().output(0));
    graph.replaceUses("a", "x");
    graph.remove(relu);
    assertTrue(graph.producer("a").isEmpty());
    assertEquals(List.of("y"), graph.users("x").stream().map(n -> n.output(0)).toList());
    assertTrue(graph.isOutput("y"));
    assertEquals(List.of(), GraphCheck.faults(TestModels.model(graph.build().toBuilder())));
  }

  @Test
  void theCheckNamesEveryFault() {
    GraphProto.Builder base = base();
    base.addNode(TestModels.node("Neg", "a", "nowhere"));
    base.addNode(TestModels.node("Abs", "a", "x"));
    base.addNode(TestModels.node("Odd", "b", "x").setDomain("org.example"));
    base.addNode(
        TestModels.node("Concat", "c", "x")
            .addAttribute(TestModels.number("axis", 0))
            .addAttribute(TestModels.number("axis", 1)));
    List<String> faults = GraphCheck.faults(TestModels.model(base));
    assertEquals(
        List.of(
            "Neg 'Neg_a' uses 'nowhere', which nothing before it makes",
            "Abs 'Abs_a' makes 'a' a second time",
            "Odd 'Odd_b' is of domain 'org.example', which has no opset version",
            "Concat 'Concat_c' has attribute 'axis' twice",
            "nothing makes the output 'y'"),
        faults);
  }

  private static GraphProto.Builder base() {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, 4}));
  }

  /** An If whose branch makes 'inner' and uses {@code captured}. */
  private static GraphProto.Builder withNested(String captured) {
    GraphProto.Builder branch = GraphProto.newBuilder().setName("branch");
    NodeProto.Builder first =
        TestModels.node("Neg", "inner", captured.equals("inner") ? "x" : captured);
    branch.addNode(first);
    branch.addNode(TestModels.node("Relu", "z", "inner"));
    branch.addOutput(ValueInfoProto.newBuilder().setName("z"));
    GraphProto.Builder base = base();
    base.addNode(TestModels.node("Abs", "outer", "x"));
    base.addNode(
        TestModels.node("If", "y", "x")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("then_branch")
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(branch)));
    return base;
  }
}
