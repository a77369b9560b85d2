/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VocabulariesTest {
  @Test
  void idsChooseRowsOfATableAlsoWhenReshaped() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("ids", "x"), List.of(new long[] {-1, 4}, new long[] {-1, 4}));
    graph.addInitializer(TestModels.weights("table", 1, 50, 8));
    graph.addNode(TestModels.node("Cast", "whole", "ids").addAttribute(TestModels.number("to", 7)));
    graph.addNode(TestModels.node("Gather", "y", "table", "whole"));
    graph.addNode(TestModels.node("Relu", "z", "x"));
    assertEquals(Map.of("ids", 50L), Vocabularies.of(TestModels.model(graph)));
  }

  @Test
  void columnsAndComputedTablesAreNoVocabulary() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("ids", "x"), List.of(new long[] {-1, 4}, new long[] {-1, 4}));
    graph.addInitializer(TestModels.weights("table", 1, 50, 8));
    graph.addNode(
        TestModels.node("Gather", "y", "table", "ids").addAttribute(TestModels.number("axis", 1)));
    graph.addNode(TestModels.node("Gather", "z", "x", "ids"));
    assertEquals(Map.of(), Vocabularies.of(TestModels.model(graph)));
  }
}
