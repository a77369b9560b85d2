/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static dev.sagui.fold.Folded.longs;
import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvPaddingIT {
  private static final Map<String, Integer> BOTH = Map.of("Pad", 1, "Conv", 1);

  @TempDir Path folder;

  @Test
  void zerosAroundTheImageAreAddedByTheConvolution() throws IOException {
    assertEquals(Map.of("Conv", 1), folded(node("Pad", "p", "x", "pads"), 0, 0, 1, 2, 0, 0, 1, 0));
  }

  @Test
  void otherValuesStay() throws IOException {
    assertEquals(BOTH, folded(node("Pad", "p", "x", "pads", "seven"), 0, 0, 1, 2, 0, 0, 1, 0));
  }

  @Test
  void channelsAndCroppingStay() throws IOException {
    assertEquals(BOTH, folded(node("Pad", "p", "x", "pads"), 0, 1, 1, 2, 0, 0, 1, 0));
    assertEquals(BOTH, folded(node("Pad", "p", "x", "pads"), 0, 0, 1, 0, 0, 0, -1, 0));
  }

  @Test
  void reflectionsStay() throws IOException {
    NodeProto.Builder pad =
        node("Pad", "p", "x", "pads")
            .addAttribute(
                ai.onnx.proto.OnnxMl.AttributeProto.newBuilder()
                    .setName("mode")
                    .setType(ai.onnx.proto.OnnxMl.AttributeProto.AttributeType.STRING)
                    .setS(com.google.protobuf.ByteString.copyFromUtf8("reflect")));
    assertEquals(BOTH, folded(pad, 0, 0, 1, 2, 0, 0, 1, 0));
  }

  @Test
  void whatOthersUseStays() throws IOException {
    GraphProto.Builder graph = graph(node("Pad", "p", "x", "pads"), 0, 0, 1, 1, 0, 0, 1, 1);
    graph.getNodeBuilder(1).setOutput(0, "c");
    graph.addNode(node("GlobalAveragePool", "m", "p"));
    graph.addInitializer(TestModels.weights("v", 2, 1, 4, 1, 1));
    graph.addNode(node("Conv", "n", "m", "v"));
    graph.addNode(node("Add", "y", "c", "n"));
    assertEquals(1, Folded.operators(graph, folder).get("Pad"));
  }

  private Map<String, Integer> folded(NodeProto.Builder pad, long... pads) throws IOException {
    return Folded.operators(graph(pad, pads), folder);
  }

  private static GraphProto.Builder graph(NodeProto.Builder pad, long... pads) {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 4, 9, 9}));
    graph.addInitializer(longs("pads", pads));
    graph.addInitializer(TestModels.floats("seven", new float[] {7}));
    graph.addInitializer(TestModels.weights("w", 1, 3, 4 + pads[1] + pads[5], 3, 3));
    graph.addNode(pad);
    return graph.addNode(node("Conv", "y", "p", "w").addAttribute(ints("pads", 1, 0, 0, 1)));
  }
}
