/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextLengthTest {
  @TempDir Path folder;

  /** Ids [batch, length], and how many of them there are. */
  private static GraphProto.Builder graph(String input) {
    ValueInfoProto.Builder ids = TestModels.value("ids", -1, -1).toBuilder().setName(input);
    ids.getTypeBuilder().getTensorTypeBuilder().setElemType(ElementType.INT64.number());
    return GraphProto.newBuilder()
        .setName("g")
        .addInput(ids)
        .addOutput(TestModels.value("y", -1, -1))
        .addInitializer(named("zero", TensorValues.longs(List.of(), 0)))
        .addInitializer(named("one", TensorValues.longs(List.of(), 1)))
        .addInitializer(named("zeros", TensorValues.longs(0)))
        .addInitializer(named("ones", TensorValues.longs(1)))
        .addInitializer(TestModels.weights("table", 1, 50, 8))
        .addNode(TestModels.node("Shape", "shape", input))
        .addNode(TestModels.node("Gather", "length", "shape", "one"))
        .addNode(TestModels.node("Unsqueeze", "end", "length", "zeros"));
  }

  private static ai.onnx.proto.OnnxMl.TensorProto named(
      String name, ai.onnx.proto.OnnxMl.TensorProto tensor) {
    return tensor.toBuilder().setName(name).build();
  }

  private OptionalInt context(GraphProto.Builder graph) throws IOException {
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"));
    return OnnxModel.open(file).facts().context();
  }

  @Test
  void positionsAreATableThatIsCutToLength() throws IOException {
    GraphProto.Builder graph =
        graph("ids").addNode(TestModels.node("Slice", "y", "table", "zeros", "end", "zeros"));
    assertEquals(OptionalInt.of(50), context(graph));
    GraphProto.Builder columns =
        graph("ids").addNode(TestModels.node("Slice", "y", "table", "zeros", "end", "ones"));
    assertEquals(OptionalInt.of(8), context(columns));
  }

  @Test
  void positionsAreATableThatIsCountedThrough() throws IOException {
    GraphProto.Builder graph =
        graph("ids")
            .addNode(TestModels.node("Range", "count", "zero", "length", "one"))
            .addNode(TestModels.node("Unsqueeze", "row", "count", "zeros"))
            .addNode(TestModels.node("Gather", "y", "table", "row"));
    assertEquals(OptionalInt.of(50), context(graph));
  }

  @Test
  void positionsMayBeAnInput() throws IOException {
    GraphProto.Builder graph =
        graph("position_ids").addNode(TestModels.node("Gather", "y", "table", "position_ids"));
    assertEquals(OptionalInt.of(50), context(graph));
  }

  @Test
  void tablesOfTokensAndPartsThatAreFixedBoundNothing() throws IOException {
    GraphProto.Builder graph =
        graph("ids")
            .addNode(TestModels.node("Gather", "y", "table", "ids"))
            .addNode(TestModels.node("Slice", "part", "table", "zeros", "ones", "zeros"));
    assertEquals(OptionalInt.empty(), context(graph));
  }
}
