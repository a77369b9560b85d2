/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule against central differences of the loss Σ y·r with random r. */
class GradientsIT {
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
      inputs.put(input, Differences.random(input, shape));
    }
    check(inputs, List.of(builder.output("y").build()));
  }

  @Test
  void addsUpWhatComesOnSeveralWays() throws Exception {
    Map<String, Tensor> inputs = Map.of("x0", Differences.random("x0", 3, 4));
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
        Map.of("x0", Differences.random("x0", 3, 4)),
        List.of(
            op("Exp").inputs("x0").output("e").build(),
            op(operator).inputs("e").output("y").build()));
  }

  @Test
  void agreesForQuotientsAndPowers() throws Exception {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("x0", Differences.random("x0", 3, 4));
    inputs.put("x1", Differences.random("x1", 4));
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
        Map.of("x0", Differences.random("x0", 7, 9)),
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
        Map.of("x0", Differences.random("x0", 2, 5)),
        List.of(
            integers("sizes", 2, 3),
            op("Split").inputs("x0", "sizes").output("a").output("y").with("axis", 1).build()));
  }

  private static NodeProto integers(String name, long... values) {
    return op("Constant").with("value_ints", values).output(name).build();
  }

  @Test
  void namesTheNodeThatHasNoRule() {
    Map<String, Tensor> inputs = Map.of("x0", Differences.random("x0", 3, 3));
    RejectedException refused =
        assertThrows(
            RejectedException.class,
            () -> check(inputs, List.of(op("Det").inputs("x0").output("y").build())));
    assertTrue(refused.getMessage().startsWith("Det 'y' has no gradient rule"), "" + refused);
  }

  private void check(Map<String, Tensor> inputs, List<NodeProto> nodes) throws Exception {
    new Differences(folder).check(inputs, nodes);
  }
}
