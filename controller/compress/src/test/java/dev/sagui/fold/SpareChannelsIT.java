/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Channels that say nothing of their own go; {@link Cleanup} compares the outputs. */
class SpareChannelsIT {
  private static final int CHANNELS = 12;

  @TempDir Path folder;

  /** Four of twelve: channel 3 and 7 are constant, 5 and 9 copies of 2. */
  @ParameterizedTest
  @CsvSource({
    "Relu, 0, Conv, 8",
    "Sigmoid, 0, Conv, 8",
    "Tanh, 0, Conv, 8",
    "Relu, 1, Conv, 9",
    "Sigmoid, 1, Conv, 10",
    "MaxPool, 0, Conv, 8",
    "Relu, 0, ConvTranspose, 9"
  })
  void constantsAndCopiesGo(String between, int pad, String taker, int left) throws IOException {
    float[] first = drawn(1, CHANNELS * 4 * 9);
    float[] bias = drawn(2, CHANNELS);
    for (int i = 0; i < 4 * 9; i++) {
      first[3 * 36 + i] = 0;
      first[7 * 36 + i] = 0;
      first[5 * 36 + i] = first[2 * 36 + i];
      first[9 * 36 + i] = first[2 * 36 + i];
    }
    bias[5] = bias[2];
    bias[9] = bias[2];
    bias[3] = 0.4f;
    bias[7] = -0.3f;
    boolean transposed = taker.equals("ConvTranspose");
    NodeProto.Builder between1 = TestModels.node(between, "b", "a");
    if (between.equals("MaxPool")) {
      between1.addAttribute(TestModels.ints("kernel_shape", 2, 2));
    }
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 4, 9, 9}))
            .addInitializer(TestModels.floats("w", first, CHANNELS, 4, 3, 3))
            .addInitializer(TestModels.floats("c", bias, CHANNELS))
            .addInitializer(
                transposed
                    ? TestModels.weights("v", 3, CHANNELS, 5, 3, 3)
                    : TestModels.weights("v", 3, 5, CHANNELS, 3, 3))
            .addNode(TestModels.node("Conv", "a", "x", "w", "c"))
            .addNode(between1)
            .addNode(TestModels.node(taker, "y", "b", "v").addAttribute(pads(pad)));
    assertEquals(left, width(folded(graph), "w"));
  }

  /** Of 32 mixtures of 6 inputs no more than 7 say something: the constant is one of them. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void mixturesGoWhereOnlyLayersFollow(int transposed) throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 6}))
            .addInitializer(
                transposed == 1
                    ? TestModels.weights("w", 1, 32, 6)
                    : TestModels.weights("w", 1, 6, 32))
            .addInitializer(TestModels.weights("b", 2, 32))
            .addInitializer(TestModels.weights("v", 3, 32, 5))
            .addNode(
                TestModels.node("Gemm", "a", "x", "w", "b")
                    .addAttribute(TestModels.number("transB", transposed)))
            .addNode(TestModels.node("Gemm", "y", "a", "v"));
    OnnxModel folded = folded(graph);
    int inputs = 6;
    assertTrue(folded.facts().parameters() <= (inputs + 1) * (inputs + 1 + 5), "" + folded.facts());
  }

  @Test
  void channelsThatOthersUseStay() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 6}))
            .addInitializer(TestModels.floats("w", new float[6 * 8], 6, 8))
            .addInitializer(TestModels.weights("v", 3, 8, 5))
            .addInitializer(TestModels.weights("s", 4, 1, 8))
            .addNode(TestModels.node("Gemm", "a", "x", "w"))
            .addNode(TestModels.node("Softmax", "m", "a"))
            .addNode(TestModels.node("Add", "n", "m", "s"))
            .addNode(TestModels.node("Gemm", "y", "n", "v"));
    assertEquals(8 * 5, folded(graph).facts().parameters() - 6 * 8 - 8);
  }

  private OnnxModel folded(GraphProto.Builder graph) throws IOException {
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("model.onnx"));
    OnnxModel model = OnnxModel.open(file);
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result = Cleanup.apply(model, inputs, scratch, Progress.NONE);
      assertTrue(
          result.passes().stream().noneMatch(Cleanup.Outcome::reverted), "" + result.passes());
      return result.model();
    }
  }

  private static long width(OnnxModel model, String weight) {
    return model.graph().getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals(weight))
        .map(TensorProto::getDimsList)
        .findFirst()
        .orElseThrow()
        .get(0);
  }

  private static AttributeProto pads(int pad) {
    return TestModels.ints("pads", pad, pad, pad, pad);
  }

  private static float[] drawn(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return values;
  }
}
