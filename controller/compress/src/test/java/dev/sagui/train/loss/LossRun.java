/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.InferredTypes;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.gradient.Gradients;
import dev.sagui.train.gradient.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A graph of inputs and a loss of them, its value, its gradient, and a check of the latter. */
final class LossRun {
  private static final int EACH_ELEMENT_BELOW = 100;
  private static final int DIRECTIONS = 10;

  private final Path folder;
  private final List<Tensor> inputs;
  private final Build loss;

  /** Adds a loss to a graph; the name of its scalar. */
  interface Build {
    String add(OnnxModel model, Graph graph) throws IOException;
  }

  /**
   * @param inputs float32 or int64
   */
  LossRun(Path folder, List<Tensor> inputs, Build loss) {
    this.folder = folder;
    this.inputs = inputs;
    this.loss = loss;
  }

  LossRun(Path folder, List<Tensor> inputs, Function<Emitter, String> loss) {
    this(folder, inputs, (model, graph) -> loss.apply(new Emitter(graph)));
  }

  /** The same for a loss that compares the first two inputs. */
  LossRun(Path folder, List<Tensor> inputs, Loss loss, double peak) {
    this(
        folder,
        inputs,
        emit ->
            loss.add(
                emit,
                new Pair(inputs.get(0).name(), inputs.get(1).name(), inputs.get(0).shape(), peak)));
  }

  double value() throws Exception {
    try (OrtModel session = OrtModel.open(model(List.of()), 1)) {
      Tensor scalar = session.run(inputs).get(0);
      assertEquals(List.of(), scalar.shape());
      return scalar.floats()[0];
    }
  }

  /** With regard to one input. */
  float[] gradient(int input) throws Exception {
    try (OrtModel session = OrtModel.open(model(List.of(inputs.get(input).name())), 1)) {
      Tensor gradient = session.run(inputs).get(1);
      assertEquals(inputs.get(input).shape(), gradient.shape());
      return gradient.floats();
    }
  }

  void check(int input, double step) throws Exception {
    check(input, step, 1e-2);
  }

  /**
   * Holds the gradient with regard to one input against central differences: along each element of
   * a small one; along directions that lean to the gradient, each in its own way, of a large one.
   *
   * @param step of the differences
   * @param tolerance relative to what is expected; more where the loss is far from linear within a
   *     step that float32 can tell from none
   */
  void check(int input, double step, double tolerance) throws Exception {
    float[] gradient = gradient(input);
    double power = 0;
    for (float value : gradient) {
      power += (double) value * value / gradient.length;
    }
    assertTrue(power > 0 && Double.isFinite(power), "a gradient of power " + power);
    try (OrtModel session = OrtModel.open(model(List.of()), 1)) {
      for (float[] direction : directions(gradient, Math.sqrt(power))) {
        double slope = 0;
        for (int i = 0; i < gradient.length; i++) {
          slope += gradient[i] * direction[i];
        }
        double up = moved(session, input, direction, step);
        double down = moved(session, input, direction, -step);
        double noise = 2e-7 * (Math.abs(up) + Math.abs(down)) / step;
        double allowed = 5e-3 * Math.sqrt(power) + tolerance * Math.abs(slope) + noise;
        assertEquals((up - down) / (2 * step), slope, allowed);
      }
    }
  }

  private static List<float[]> directions(float[] gradient, double scale) {
    int size = gradient.length;
    boolean each = size <= EACH_ELEMENT_BELOW;
    SplittableRandom random = new SplittableRandom(size);
    return IntStream.range(0, each ? size : DIRECTIONS)
        .mapToObj(
            i -> {
              float[] direction = new float[size];
              for (int k = 0; k < size; k++) {
                double leaning = 2 * random.nextDouble() * gradient[k] / scale;
                direction[k] = each ? (k == i ? 1 : 0) : (float) leaning;
              }
              return direction;
            })
        .toList();
  }

  private double moved(OrtModel session, int input, float[] direction, double by) {
    List<Tensor> moved = new ArrayList<>(inputs);
    Tensor old = inputs.get(input);
    float[] values = old.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (by * direction[i]);
    }
    moved.set(input, Tensor.of(old.name(), values, old.shapeArray()));
    return session.run(moved).get(0).floats()[0];
  }

  private Path model(List<String> wanted) throws Exception {
    OnnxModel base = OnnxModel.open(Files.write(folder.resolve("base.onnx"), inputsAlone()));
    Graph graph = new Graph(base);
    List<String> outputs = new ArrayList<>(List.of(loss.add(base, graph)));
    if (!wanted.isEmpty()) {
      outputs.addAll(
          Gradients.add(base, graph, shapes(base, graph), outputs.get(0), wanted).values());
    }
    GraphProto.Builder all = graph.build().toBuilder().clearOutput();
    outputs.forEach(name -> all.addOutput(ValueInfoProto.newBuilder().setName(name)));
    byte[] bytes = base.proto().toBuilder().setGraph(all).build().toByteArray();
    return Files.write(folder.resolve("loss" + wanted.size() + ".onnx"), bytes);
  }

  /** The shapes in a graph as it is now. */
  static Shapes shapes(OnnxModel base, Graph graph) throws IOException {
    ModelProto now = base.proto().toBuilder().setGraph(graph.build()).build();
    InferredTypes types = InferredTypes.of(base.with(now));
    return value -> types.fixedShape(value).orElse(List.of()); // of scalars nothing is known
  }

  private byte[] inputsAlone() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    for (Tensor input : inputs) {
      ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(input.name());
      var type = info.getTypeBuilder().getTensorTypeBuilder();
      type.setElemType(input.type() == DataType.INT64 ? 7 : 1);
      input.shape().forEach(d -> type.getShapeBuilder().addDimBuilder().setDimValue(d));
      graph.addInput(info);
    }
    graph.addNode(NodeBuilder.of("Identity").inputs(inputs.get(0).name()).output("same").build());
    graph.addOutput(ValueInfoProto.newBuilder().setName("same"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
