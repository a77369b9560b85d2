/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.GraphWalk;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OnnxTestdata;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrippingIT {
  private static final Set<String> NESTING = Set.of("If", "Loop", "Scan", "SequenceMap");

  /** Of the models without nested graphs, one of so many. */
  private static final int SOME = 20;

  @TempDir Path folder;

  @Test
  void whatOnlyPeopleReadGoes() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {2, 4}));
    graph.setDocString("what it is for");
    graph.addValueInfo(graph.getInput(0).toBuilder().setName("/encoder/hidden/Relu_output_0"));
    graph.addNode(node("Relu", "/encoder/hidden/Relu_output_0", "x"));
    graph.addNode(node("Sigmoid", "y", "/encoder/hidden/Relu_output_0"));
    GraphProto stripped = stripped(graph);
    assertEquals("", stripped.getDocString());
    assertEquals(0, stripped.getValueInfoCount());
    assertEquals("x", stripped.getInput(0).getName());
    assertEquals("y", stripped.getOutput(0).getName());
    assertEquals("0", stripped.getNode(0).getOutput(0));
    assertEquals("0", stripped.getNode(1).getInput(0));
    assertTrue(stripped.getNodeList().stream().noneMatch(NodeProto::hasName));
  }

  @Test
  void shortNamesAreNotThoseOfInputs() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("0"), List.of(new long[] {2, 4}));
    graph.addNode(node("Relu", "hidden", "0")).addNode(node("Sigmoid", "y", "hidden"));
    assertEquals("1", stripped(graph).getNode(0).getOutput(0));
  }

  @Test
  void everyModelThatRunsGivesTheSameAfterwards() throws IOException {
    int compared = 0;
    int nested = 0;
    List<String> wrong = new ArrayList<>();
    List<Path> files = OnnxTestdata.models();
    for (int i = 0; i < files.size(); i++) {
      OnnxModel model = OnnxModel.open(files.get(i));
      boolean nests = nests(model);
      Optional<List<Tensor>> inputs =
          nests || i % SOME == 0 ? OnnxTestdata.inputs(model) : Optional.empty();
      Optional<List<Tensor>> expected = inputs.flatMap(given -> run(model, given));
      if (expected.isEmpty()) {
        continue;
      }
      compared++;
      nested += nests ? 1 : 0;
      try (TemporaryModel written = TemporaryModel.of(Stripping.apply(model));
          OrtModel session = OrtModel.open(written.file(), 1)) {
        List<Tensor> found = session.run(inputs.get());
        for (int k = 0; k < found.size(); k++) {
          Closeness.difference(expected.get().get(k), found.get(k), Proof.TOLERANCE)
              .ifPresent(d -> wrong.add(model.file().getFileName() + " " + d));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(nested > 5 && compared > 40, "compared %d, nested %d".formatted(compared, nested));
  }

  private static boolean nests(OnnxModel model) {
    return GraphWalk.nodes(model.proto().getGraph())
        .anyMatch(node -> NESTING.contains(node.getOpType()));
  }

  private GraphProto stripped(GraphProto.Builder graph) throws IOException {
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"));
    return Stripping.apply(OnnxModel.open(file)).proto().getGraph();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return TestModels.node(operator, output, inputs).setName(operator + "_1").build();
  }

  private static Optional<List<Tensor>> run(OnnxModel model, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      return Optional.of(session.run(inputs));
    } catch (RejectedException e) {
      return Optional.empty();
    }
  }
}
