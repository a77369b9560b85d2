/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.InferredTypes;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Holds gradients against central differences of the loss Σ y·r with random r. */
final class Differences {
  private static final double STEP = 1e-2;

  private final Path folder;

  Differences(Path folder) {
    this.folder = folder;
  }

  /** For every element of every input of the graph that gives {@code y}. */
  void check(Map<String, Tensor> inputs, List<NodeProto> nodes) throws Exception {
    OnnxModel model = OnnxModel.open(file("forward.onnx", model(inputs, nodes, List.of("y"))));
    List<Tensor> given = List.copyOf(inputs.values());
    Tensor y;
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      y = session.run(given).get(0);
    }
    float[] weights = random("r", y.shapeArray()).floats();
    Map<String, Tensor> analytic = analytic(model, inputs, y, weights);
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      for (int i = 0; i < given.size(); i++) {
        compare(session, given, i, weights, analytic.get(given.get(i).name()).floats());
      }
    }
  }

  private Map<String, Tensor> analytic(
      OnnxModel model, Map<String, Tensor> inputs, Tensor y, float[] weights) throws Exception {
    Graph graph = new Graph(model);
    double[] wide = new double[weights.length];
    java.util.Arrays.setAll(wide, i -> weights[i]);
    Emitter emit = new Emitter(graph);
    String scaled =
        emit.multiply("y", graph.addConstant("r", TensorValues.floats(y.shape(), wide)));
    String loss = emit.node(NodeBuilder.of("ReduceSum").inputs(scaled).with("keepdims", 0));
    ModelProto forward = model.proto().toBuilder().setGraph(graph.build()).build();
    InferredTypes types = InferredTypes.of(model.with(forward));
    Map<String, String> names =
        Gradients.add(
            model, graph, v -> types.fixedShape(v).orElse(List.of()), loss, inputs.keySet());
    GraphProto.Builder both = graph.build().toBuilder().clearOutput();
    names.values().forEach(n -> both.addOutput(ValueInfoProto.newBuilder().setName(n)));
    Path file = file("backward.onnx", forward.toBuilder().setGraph(both).build());
    Map<String, Tensor> found = new LinkedHashMap<>();
    try (OrtModel session = OrtModel.open(file, 1)) {
      List<Tensor> out = session.run(List.copyOf(inputs.values()));
      List<String> wanted = List.copyOf(names.keySet());
      for (int i = 0; i < wanted.size(); i++) {
        assertEquals(inputs.get(wanted.get(i)).shape(), out.get(i).shape());
        found.put(wanted.get(i), out.get(i));
      }
    }
    return found;
  }

  private static void compare(
      OrtModel session, List<Tensor> given, int input, float[] weights, float[] analytic) {
    float[] values = given.get(input).floats();
    double largest = 0.1;
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double up = loss(session, moved(given, input, i, STEP), weights);
      double down = loss(session, moved(given, input, i, -STEP), weights);
      double expected = (up - down) / (2 * STEP);
      largest = Math.max(largest, Math.abs(expected));
      worst = Math.max(worst, Math.abs(expected - analytic[i]));
    }
    assertTrue(worst < 2e-3 * largest, "off by %s of %s".formatted(worst, largest));
  }

  private static List<Tensor> moved(List<Tensor> given, int input, int at, double by) {
    List<Tensor> moved = new ArrayList<>(given);
    Tensor old = given.get(input);
    float[] values = old.floats();
    values[at] += (float) by;
    moved.set(input, Tensor.of(old.name(), values, old.shapeArray()));
    return moved;
  }

  private static double loss(OrtModel session, List<Tensor> inputs, float[] weights) {
    float[] y = session.run(inputs).get(0).floats();
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) y[i] * weights[i];
    }
    return sum;
  }

  /** No value is nearer to a kink at 0 than a step of the differences. */
  static Tensor random(String name, long... shape) {
    SplittableRandom random = new SplittableRandom(name.hashCode() + shape.length);
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((0.1 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
    }
    return Tensor.of(name, values, shape);
  }

  private Path file(String name, ModelProto model) throws Exception {
    return Files.write(folder.resolve(name), model.toByteArray());
  }

  private static ModelProto model(
      Map<String, Tensor> inputs, List<NodeProto> nodes, List<String> outputs) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addAllNode(nodes);
    for (Tensor input : inputs.values()) {
      ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(input.name());
      var type = info.getTypeBuilder().getTensorTypeBuilder().setElemType(1);
      input.shape().forEach(d -> type.getShapeBuilder().addDimBuilder().setDimValue(d));
      graph.addInput(info);
    }
    for (String output : outputs) {
      ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(output);
      info.getTypeBuilder().getTensorTypeBuilder().setElemType(1);
      graph.addOutput(info);
    }
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build();
  }
}
