/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.RejectedException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule against central differences of the loss Σ y·r with random r. */
class GradientsIT {
  private static final double STEP = 1e-2;

  @TempDir Path folder;

  private static Arguments rule(NodeBuilder node, long[]... shapes) {
    return Arguments.of(node.build().getOpType() + " " + List.of(shapes).size(), node, shapes);
  }

  private static long[] of(long... dims) {
    return dims;
  }

  private static NodeBuilder op(String name) {
    return NodeBuilder.of(name);
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        rule(op("Sigmoid"), of(2, 3)),
        rule(op("Tanh"), of(2, 3)),
        rule(op("Exp"), of(2, 3)),
        rule(op("Softplus"), of(2, 3)),
        rule(op("Erf"), of(2, 3)),
        rule(op("Relu"), of(3, 5)),
        rule(op("LeakyRelu").with("alpha", 0.2f), of(3, 5)),
        rule(op("Elu"), of(3, 5)),
        rule(op("HardSigmoid"), of(3, 5)),
        rule(op("HardSwish"), of(3, 5)),
        rule(op("Neg"), of(3)),
        rule(op("Abs"), of(3, 5)),
        rule(op("Sin"), of(4)),
        rule(op("Cos"), of(4)),
        rule(NodeBuilder.of("com.microsoft", "Gelu"), of(3, 5)),
        rule(op("Add"), of(2, 3, 4), of(3, 1)),
        rule(op("Sub"), of(4), of(2, 3, 4)),
        rule(op("Mul"), of(2, 3, 4), of(1, 3, 1)),
        rule(op("PRelu"), of(2, 3, 4), of(3, 1)),
        rule(op("MatMul"), of(2, 3, 4), of(4, 5)),
        rule(op("MatMul"), of(2, 3, 4), of(2, 4, 5)),
        rule(op("MatMul"), of(3, 4), of(2, 4, 5)),
        rule(op("MatMul"), of(4), of(4, 5)),
        rule(op("MatMul"), of(2, 3, 4), of(4)),
        rule(op("Gemm").with("alpha", 0.5f).with("beta", 2f), of(3, 4), of(4, 5), of(5)),
        rule(op("Gemm").with("transA", 1), of(4, 3), of(4, 5), of(3, 1)),
        rule(op("Gemm").with("transB", 1), of(3, 4), of(5, 4)),
        rule(op("Gemm").with("transA", 1).with("transB", 1), of(4, 3), of(5, 4)),
        rule(op("Transpose").with("perm", 2L, 0, 1), of(2, 3, 4)),
        rule(op("Flatten"), of(2, 3, 4)),
        rule(op("ReduceMean").with("axes", 1L, -1), of(2, 3, 4)),
        rule(op("ReduceSum").with("keepdims", 0), of(2, 3)),
        rule(op("Concat").with("axis", 1), of(2, 3), of(2, 4)),
        rule(op("Conv").with("pads", 1, 1, 1, 1), of(2, 3, 5, 6), of(4, 3, 3, 3), of(4)),
        rule(op("Conv").with("strides", 2, 2), of(2, 3, 6, 7), of(4, 3, 3, 2)),
        rule(op("Conv").with("dilations", 2, 1), of(1, 2, 7, 5), of(3, 2, 3, 3)),
        rule(op("Conv").with("group", 2), of(2, 4, 5, 5), of(6, 2, 3, 3)),
        rule(op("Conv").with("group", 4), of(2, 4, 5, 5), of(4, 1, 3, 3)),
        rule(op("Conv").with("pads", 0L, 2), of(2, 3, 8), of(4, 3, 3), of(4)),
        rule(
            op("ConvTranspose").with("strides", 2, 2).with("pads", 1, 1, 1, 1),
            of(2, 3, 4, 5),
            of(3, 4, 4, 4),
            of(4)),
        rule(
            op("ConvTranspose").with("strides", 2, 2).with("output_padding", 1, 1),
            of(1, 3, 3, 3),
            of(3, 2, 3, 3)),
        rule(op("ConvTranspose").with("group", 2), of(1, 4, 3, 3), of(4, 3, 3, 3)));
  }

  @ParameterizedTest(name = "{0} inputs, case {index}")
  @MethodSource("rules")
  void agreesWithDifferences(String name, NodeBuilder builder, long[][] shapes) throws Exception {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (long[] shape : shapes) {
      String input = "x" + inputs.size();
      builder.inputs(input);
      inputs.put(input, random(input, shape));
    }
    check(inputs, List.of(builder.output("y").build()));
  }

  @Test
  void addsUpWhatComesOnSeveralWays() throws Exception {
    Map<String, Tensor> inputs = Map.of("x0", random("x0", 3, 4));
    check(
        inputs,
        List.of(
            op("Sigmoid").inputs("x0").output("s").build(),
            op("Mul").inputs("x0", "s").output("m").build(),
            op("Add").inputs("m", "x0").output("y").build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Log", "Sqrt", "Reciprocal"})
  void agreesWhereInputsMustBePositive(String operator) throws Exception {
    check(
        Map.of("x0", random("x0", 3, 4)),
        List.of(
            op("Exp").inputs("x0").output("e").build(),
            op(operator).inputs("e").output("y").build()));
  }

  @Test
  void agreesForQuotientsAndPowers() throws Exception {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("x0", random("x0", 3, 4));
    inputs.put("x1", random("x1", 4));
    check(
        inputs,
        List.of(
            op("Exp").inputs("x0").output("e").build(),
            op("Pow").inputs("e", "x1").output("p").build(),
            op("Exp").inputs("x1").output("f").build(),
            op("Div").inputs("p", "f").output("y").build()));
  }

  @Test
  void putsSlicesBackWhereTheyCameFrom() throws Exception {
    check(
        Map.of("x0", random("x0", 7, 9)),
        List.of(
            integers("starts", -1, 1),
            integers("ends", Integer.MIN_VALUE, 8),
            integers("axes", 0, 1),
            integers("steps", -2, 3),
            op("Slice").inputs("x0", "starts", "ends", "axes", "steps").output("y").build()));
  }

  @Test
  void joinsTheParts() throws Exception {
    check(
        Map.of("x0", random("x0", 2, 5)),
        List.of(
            integers("sizes", 2, 3),
            op("Split").inputs("x0", "sizes").output("a").output("y").with("axis", 1).build()));
  }

  private static NodeProto integers(String name, long... values) {
    return op("Constant").with("value_ints", values).output(name).build();
  }

  @Test
  void namesTheNodeThatHasNoRule() {
    Map<String, Tensor> inputs = Map.of("x0", random("x0", 3, 3));
    RejectedException refused =
        assertThrows(
            RejectedException.class,
            () -> check(inputs, List.of(op("Det").inputs("x0").output("y").build())));
    assertTrue(refused.getMessage().startsWith("Det 'y' has no gradient rule"), "" + refused);
  }

  private void check(Map<String, Tensor> inputs, List<NodeProto> nodes) throws Exception {
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
    String loss = emit.node(op("ReduceSum").inputs(scaled).with("keepdims", 0));
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
  private static Tensor random(String name, long... shape) {
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
