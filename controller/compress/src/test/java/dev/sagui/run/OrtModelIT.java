/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtModelIT {
  private static final int INPUTS = 64;

  @TempDir Path folder;

  /** Two products of 255 and 127 are more than an int16 holds. */
  @Test
  void exactIntegersDoNotSaturate() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, INPUTS}))
            .addInitializer(codes())
            .addInitializer(TestModels.floats("scale", new float[] {1}, 1))
            .addNode(
                TestModels.node("DynamicQuantizeMatMul", "y", "x", "w", "scale")
                    .setDomain("com.microsoft"));
    assertEquals(INPUTS * 127, exact(graph), 0.1);
  }

  @Test
  void whatIsBehindAMoveIsExactToo() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, INPUTS}))
            .addInitializer(codes())
            .addNode(
                TestModels.node("Transpose", "t", "w").addAttribute(TestModels.ints("perm", 1, 0)))
            .addNode(
                TestModels.node("Transpose", "u", "t").addAttribute(TestModels.ints("perm", 1, 0)))
            .addNode(
                TestModels.node("DynamicQuantizeLinear", "q", "x")
                    .addOutput("q_scale")
                    .addOutput("q_zero"))
            .addNode(TestModels.node("MatMulInteger", "sum", "q", "u", "q_zero"))
            .addNode(
                TestModels.node("Cast", "float", "sum").addAttribute(TestModels.number("to", 1)))
            .addNode(TestModels.node("Mul", "y", "float", "q_scale"));
    assertEquals(INPUTS * 127, exact(graph), 0.1);
  }

  private static TensorProto codes() {
    byte[] codes = new byte[INPUTS * 4];
    Arrays.fill(codes, (byte) 127);
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(TensorProto.DataType.INT8_VALUE)
        .addDims(INPUTS)
        .addDims(4)
        .setRawData(ByteString.copyFrom(codes))
        .build();
  }

  /** The first output for ones. */
  private double exact(GraphProto.Builder graph) throws IOException {
    ModelProto proto =
        TestModels.model(graph).toBuilder()
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
            .build();
    OnnxModel model = OnnxModel.open(TestModels.write(proto, folder.resolve("m.onnx")));
    float[] ones = new float[INPUTS];
    Arrays.fill(ones, 1);
    Tensor x = Tensor.of("x", ones, 1, INPUTS);
    try (OrtModel session = OrtModel.open(model, 1, true)) {
      return session.run(List.of(x)).get(0).floats()[0];
    }
  }
}
