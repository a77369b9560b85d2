/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same values, without Ifs. */
class FrozenBranchesIT {
  private static final Tensor X = Tensor.of("x0", new float[] {1, -2, 3}, 3);

  @TempDir Path folder;

  /** Both branches name their values alike, as exporters do, and hold an If of their own. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void computesWhatTheTakenBranchDoes(boolean taken) throws Exception {
    OnnxModel model = model(taken);
    OnnxModel inlined = FrozenBranches.inlined(model);
    assertEquals(
        0, inlined.graph().getNodeList().stream().filter(n -> n.getOpType().equals("If")).count());
    assertArrayEquals(run(model), run(inlined));
  }

  @Test
  void leavesWhatHasNoBranches() throws Exception {
    ModelProto plain =
        model(true).proto().toBuilder()
            .setGraph(model(true).graph().toBuilder().clearNode().addNode(identity("x0", "y")))
            .build();
    OnnxModel model = OnnxModel.open(Files.write(folder.resolve("p.onnx"), plain.toByteArray()));
    assertSame(model, FrozenBranches.inlined(model));
  }

  private float[] run(OnnxModel model) throws Exception {
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      return session.run(List.of(X)).get(0).floats();
    }
  }

  private OnnxModel model(boolean taken) throws Exception {
    NodeProto inner = branches("inner", graph("Exp", "n", "e"), graph("Tanh", "n", "e"));
    GraphProto yes =
        GraphProto.newBuilder()
            .setName("yes")
            .addNode(NodeBuilder.of("Neg").inputs("x0").output("n").build())
            .addNode(inner)
            .addOutput(ValueInfoProto.newBuilder().setName("inner"))
            .build();
    GraphProto no = graph("Sigmoid", "x0", "n");
    TorchCase plain =
        new TorchCase(
            "if",
            17,
            false,
            List.of(
                branches("b", yes, no),
                NodeBuilder.of("Mul").inputs("b", "x0").output("y").build()),
            List.of(X),
            List.of(),
            X.named("r"),
            List.of());
    ModelProto.Builder model = plain.model(DataType.FP32).toBuilder();
    model.getGraphBuilder().addInitializer(condition(taken));
    return OnnxModel.open(
        Files.write(folder.resolve(taken + ".onnx"), model.build().toByteArray()));
  }

  private static NodeProto identity(String from, String to) {
    return NodeBuilder.of("Identity").inputs(from).output(to).build();
  }

  private static TensorProto condition(boolean taken) {
    ByteString value = ByteString.copyFrom(new byte[] {(byte) (taken ? 1 : 0)});
    return TensorValues.raw(ElementType.BOOL, List.of(), value).toBuilder()
        .setName("condition")
        .build();
  }

  private static GraphProto graph(String operator, String from, String to) {
    return GraphProto.newBuilder()
        .setName(operator)
        .addNode(NodeBuilder.of(operator).inputs(from).output(to).build())
        .addOutput(ValueInfoProto.newBuilder().setName(to))
        .build();
  }

  private static NodeProto branches(String output, GraphProto yes, GraphProto no) {
    return NodeBuilder.of("If").inputs("condition").output(output).build().toBuilder()
        .addAllAttribute(
            Stream.of(attribute("then_branch", yes), attribute("else_branch", no)).toList())
        .build();
  }

  private static AttributeProto attribute(String name, GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }
}
