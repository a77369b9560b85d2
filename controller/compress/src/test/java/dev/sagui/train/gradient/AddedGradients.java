/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.InferredTypes;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A case's graph with the gradients of Σ y·r as more nodes. */
final class AddedGradients {
  private final TorchCase torch;
  private final Path folder;
  private final OnnxModel model;
  private final Graph graph;
  private final Map<String, String> names;

  AddedGradients(TorchCase torch, Path folder, List<String> wanted) throws IOException {
    this.torch = torch;
    this.folder = folder;
    Path forward = folder.resolve("forward.onnx");
    this.model = OnnxModel.open(Files.write(forward, torch.model(DataType.FP32).toByteArray()));
    this.graph = new Graph(model);
    String loss = loss(graph, torch.r());
    this.names = add(torch.penalty() ? penalized(loss) : loss, wanted);
  }

  private Map<String, String> add(String loss, List<String> wanted) throws IOException {
    InferredTypes types =
        InferredTypes.of(model.with(model.proto().toBuilder().setGraph(graph.build()).build()));
    return Gradients.add(model, graph, v -> types.fixedShape(v).orElse(List.of()), loss, wanted);
  }

  private String penalized(String loss) throws IOException {
    String g = add(loss, List.of("x0")).get("x0");
    Emitter emit = new Emitter(graph);
    return emit.add(
        loss, emit.node(NodeBuilder.of("ReduceSumSquare").inputs(g).with("keepdims", 0)));
  }

  /** Of every input, in their order. */
  static List<Tensor> of(TorchCase torch, Path folder) throws IOException {
    List<String> all = torch.inputs().stream().map(Tensor::name).toList();
    return new AddedGradients(torch, folder, all).run();
  }

  private static String loss(Graph graph, Tensor r) {
    float[] narrow = r.floats();
    double[] wide = new double[narrow.length];
    java.util.Arrays.setAll(wide, i -> narrow[i]);
    Emitter emit = new Emitter(graph);
    String weights = graph.addConstant("r", TensorValues.floats(r.shape(), wide));
    return emit.sum(emit.multiply("y", weights), false, LayoutRules.range(r.shape().size()));
  }

  /** Of the gradients, by what they are of. */
  Map<String, String> names() {
    return names;
  }

  long count(String operator) {
    return graph.nodes().stream().filter(node -> node.op().equals(operator)).count();
  }

  /** The gradients, in the order in which they were wanted, and other values behind them. */
  List<Tensor> run(String... others) throws IOException {
    GraphProto.Builder both = graph.build().toBuilder().clearOutput();
    names.values().forEach(n -> both.addOutput(ValueInfoProto.newBuilder().setName(n)));
    for (String other : others) {
      both.addOutput(ValueInfoProto.newBuilder().setName(other));
    }
    ModelProto backward = model.proto().toBuilder().setGraph(both).build();
    Path file = Files.write(folder.resolve("backward.onnx"), backward.toByteArray());
    try (OrtModel session = OrtModel.open(file, 1)) {
      return session.run(torch.inputs());
    }
  }
}
