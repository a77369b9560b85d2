/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Quality;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightStoreIT {
  @TempDir Path folder;

  static Stream<Named<ModelProto>> models() {
    return Stream.of(
        Named.of("Gemm", TestModels.linear(64, 96, 1)),
        Named.of("Gemm, transposed", gemmTransposed()),
        Named.of("MatMul", layer(TestModels.node("MatMul", "y", "x", "w"), 64, 64, 32)),
        Named.of("Conv", image(conv("Conv", 1), 24, 8, 3, 3)),
        Named.of("Conv of two groups", image(conv("Conv", 2), 24, 4, 3, 3)),
        Named.of("ConvTranspose", image(conv("ConvTranspose", 1), 8, 24, 3, 3)),
        Named.of("ConvTranspose of two groups", image(conv("ConvTranspose", 2), 8, 12, 3, 3)),
        Named.of("Constant node", constantNode()),
        Named.of("shared weight", sharedWeight()),
        Named.of("weights in the branches of an If", branches()),
        Named.of("IR 3", oldIr()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void storedModelRunsAsBefore(ModelProto model) throws IOException {
    assertTrue(quality(model, StoreFormat.INT8).sqnrDb() > 34);
    assertTrue(quality(model, StoreFormat.FP16).sqnrDb() > 60);
    assertTrue(quality(model, StoreFormat.INT4).sqnrDb() > 14);
    assertTrue(quality(model, StoreFormat.INT6).sqnrDb() > 26);
    assertTrue(quality(model, StoreFormat.PALETTE2).sqnrDb() > 4);
    assertTrue(quality(model, StoreFormat.PALETTE4).sqnrDb() > 15);
    assertTrue(quality(model, StoreFormat.PALETTE8).sqnrDb() > 34);
  }

  @Test
  void tableOfEightBitsIsCloserThanInt8() throws IOException {
    ModelProto model = layer(TestModels.node("MatMul", "y", "x", "w"), 256, 256, 256);
    double int8 = quality(model, StoreFormat.INT8).sqnrDb();
    double table = quality(model, StoreFormat.PALETTE8).sqnrDb();
    assertTrue(table > int8 + 1, "%s dB, int8 has %s".formatted(table, int8));
  }

  @Test
  void embeddingTableIsStoredRowByRow() throws IOException {
    ModelProto model =
        TestModels.model(
            TestModels.graph(List.of("x"), List.of(new long[] {-1, 4}))
                .addInitializer(TestModels.weights("table", 3, 50, 32))
                .addNode(TestModels.node("Cast", "i", "x").addAttribute(TestModels.number("to", 7)))
                .addNode(TestModels.node("Gather", "y", "table", "i")));
    assertTrue(quality(model, StoreFormat.INT8).sqnrDb() > 34);
    assertTrue(quality(model, StoreFormat.INT4).sqnrDb() > 14);
  }

  @Test
  void sharedWeightIsStoredOnce() throws IOException {
    OnnxModel source = open(sharedWeight());
    StoredModel result = WeightStore.apply(source, StoreFormat.INT8, Progress.NONE);
    assertEquals(1, result.weights().size());
    assertEquals(2, result.model().graph().getInitializerCount());
  }

  @Test
  void biasesAndSmallWeightsStay() throws IOException {
    StoredModel result =
        WeightStore.apply(open(TestModels.linear(8, 8, 1)), StoreFormat.INT8, Progress.NONE);
    assertFalse(result.changed());
    assertEquals(2, result.model().graph().getInitializerCount());
  }

  @Test
  void weightThatCallersMayOverrideStaysWithTheReason() throws IOException {
    ModelProto.Builder model = TestModels.linear(64, 96, 1).toBuilder();
    model.getGraphBuilder().addInput(TestModels.value("w", 64, 96));
    StoredModel result = WeightStore.apply(open(model.build()), StoreFormat.INT8, Progress.NONE);
    assertFalse(result.changed());
    assertTrue(result.weights().get(0).reason().contains("override"));
  }

  @Test
  void weightsBeyondHalfPrecisionOrNotFiniteStayWithTheReason() throws IOException {
    for (float odd : new float[] {1e6f, Float.NaN}) {
      float[] values = new float[64 * 64];
      values[77] = odd;
      ModelProto model =
          TestModels.model(
              TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
                  .addInitializer(TestModels.floats("w", values, 64, 64))
                  .addNode(TestModels.node("MatMul", "y", "x", "w")));
      assertFalse(WeightStore.apply(open(model), StoreFormat.FP16, Progress.NONE).changed());
      assertEquals(
          Float.isFinite(odd),
          WeightStore.apply(open(model), StoreFormat.INT8, Progress.NONE).changed());
    }
  }

  private Quality quality(ModelProto model, StoreFormat format) throws IOException {
    OnnxModel source = open(model);
    StoredModel result = WeightStore.apply(source, format, Progress.NONE);
    assertTrue(result.changed());
    Path out = Files.createTempDirectory(folder, "out");
    ModelWriter.write(result.model(), out, Progress.NONE);
    DataSpec data = DataSpec.parse("random:1:8:0..4");
    return Comparison.of(
            source,
            OnnxModel.open(out),
            Samples.of(source.facts(), data),
            data.toString(),
            1,
            Progress.NONE)
        .quality();
  }

  private OnnxModel open(ModelProto model) throws IOException {
    return OnnxModel.open(TestModels.write(model, folder.resolve("in.onnx")));
  }

  private static ModelProto layer(NodeProto.Builder node, int in, long... dims) {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, in}))
            .addInitializer(TestModels.weights("w", 9, dims))
            .addNode(node));
  }

  private static ModelProto gemmTransposed() {
    return layer(
        TestModels.node("Gemm", "y", "x", "w").addAttribute(TestModels.number("transB", 1)),
        64,
        96,
        64);
  }

  private static NodeProto.Builder conv(String op, int group) {
    return TestModels.node(op, "y", "x", "w")
        .addAttribute(TestModels.ints("kernel_shape", 3, 3))
        .addAttribute(TestModels.number("group", group));
  }

  private static ModelProto image(NodeProto.Builder node, long... dims) {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 8, 7, 7}))
            .addInitializer(TestModels.weights("w", 9, dims))
            .addNode(node));
  }

  private static ModelProto constantNode() {
    TensorProto weight = TestModels.weights("", 9, 64, 48);
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
            .addNode(
                TestModels.node("Constant", "w")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value")
                            .setType(AttributeProto.AttributeType.TENSOR)
                            .setT(weight)))
            .addNode(TestModels.node("MatMul", "y", "x", "w")));
  }

  private static ModelProto sharedWeight() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
            .addInitializer(TestModels.weights("w", 9, 64, 64))
            .addNode(TestModels.node("MatMul", "h", "x", "w"))
            .addNode(TestModels.node("MatMul", "y", "h", "w")));
  }

  private static ModelProto branches() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
            .addInitializer(
                TensorProto.newBuilder().setName("c").setDataType(9).addInt32Data(1).build());
    return TestModels.model(
        graph.addNode(
            TestModels.node("If", "y", "c")
                .addAttribute(branch("then_branch", 11))
                .addAttribute(branch("else_branch", 12))));
  }

  private static AttributeProto branch(String name, long seed) {
    GraphProto.Builder body =
        GraphProto.newBuilder()
            .setName(name)
            .addInitializer(TestModels.weights(name + "_w", seed, 64, 64))
            .addNode(TestModels.node("MatMul", name + "_y", "x", name + "_w"));
    body.addOutput(
        TestModels.graph(List.of(), List.of()).getOutput(0).toBuilder().setName(name + "_y"));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  private static ModelProto oldIr() {
    ModelProto.Builder model = TestModels.linear(64, 96, 1).toBuilder().setIrVersion(3);
    model.getGraphBuilder().addInput(TestModels.value("w", 64, 96));
    model.getGraphBuilder().addInput(TestModels.value("b", 96));
    return model.build();
  }
}
