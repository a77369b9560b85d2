/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.fit.DemoModels;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.StoreFormat;
import dev.sagui.quantize.WeightStore;
import dev.sagui.quantize.block.BlockMethod;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.block.BlockQuantization;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.RecipeFile;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Parameters;
import dev.sagui.train.Trainables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedNetIT {
  private static final int IN = 40;
  private static final int HIDDEN = 136;

  @TempDir Path folder;

  private OnnxModel net() throws IOException {
    return OnnxModel.open(
        TestModels.write(
            model(
                graph(List.of("x"), List.of(new long[] {8, IN}))
                    .addInitializer(weights("w1", 1, IN, HIDDEN))
                    .addInitializer(weights("w2", 2, HIDDEN, IN))
                    .addNode(node("MatMul", "a", "x", "w1"))
                    .addNode(node("Tanh", "h", "a"))
                    .addNode(node("MatMul", "y", "h", "w2"))),
            folder.resolve("net.onnx")));
  }

  private static QuantizedNet of(OnnxModel quantized) throws IOException {
    return QuantizedNet.of(quantized, Int8Format.of(HostMachine.profile())).orElseThrow();
  }

  private static float[] run(OnnxModel model, Tensor input) throws IOException {
    return run(model, input, false);
  }

  /**
   * @param exact as training computes: with float32 kernels between QuantizeLinear and
   *     DequantizeLinear
   */
  private static float[] run(OnnxModel model, Tensor input, boolean exact) throws IOException {
    try (OrtModel session = OrtModel.open(model, 1, exact)) {
      return session.run(List.of(input)).get(0).floats();
    }
  }

  private static Tensor input(String name, long... shape) {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[Math.toIntExact(shape[0] * shape[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(name, values, shape);
  }

  /** The freed net with each parameter moved by about a tenth, and put onto its grid. */
  private static OnnxModel moved(QuantizedNet net) throws IOException {
    Parameters parameters = Parameters.of(Trainables.of(net.freed(), name -> true), Map.of());
    FloatBuffer free = parameters.read(net.freed()).asFloatBuffer();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < free.capacity(); i++) {
      free.put(i, free.get(i) * (float) random.nextDouble(0.9, 1.1) + 0.01f);
    }
    ByteBuffer onto = parameters.allocate();
    parameters.all().forEach(p -> net.project(p, free, onto.asFloatBuffer()));
    return parameters.write(net.freed(), onto);
  }

  private static void exportsWhatItTrainedWith(OnnxModel quantized, int parameters)
      throws IOException {
    QuantizedNet net = of(quantized);
    assertEquals(parameters, Trainables.of(net.freed(), name -> true).size());
    Tensor x = input("x", 8, IN);
    assertNear(run(quantized, x), run(net.freed(), x));
    OnnxModel learnt = moved(net);
    OnnxModel exported = net.quantized(learnt);
    assertNear(run(learnt, x), run(exported, x));
    assertEquals(ModelWriter.bytes(quantized), ModelWriter.bytes(exported), 64); // field lengths
  }

  private static void assertNear(float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4 * (1 + Math.abs(expected[i])), "output " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4", "FP16"})
  void storedWeightsAreTrainedInTheirForm(StoreFormat format) throws IOException {
    OnnxModel stored = WeightStore.apply(net(), format, Progress.NONE).model();
    exportsWhatItTrainedWith(stored, format == StoreFormat.FP16 ? 2 : 4);
  }

  @ParameterizedTest
  @CsvSource({"4, false", "4, true", "8, true"})
  void matricesInBlocksAreTrainedInTheirForm(int bits, boolean symmetric) throws IOException {
    BlockOptions options = new BlockOptions(bits, 32, symmetric, 0, BlockMethod.MSE, true, bits);
    try (Scratch scratch = Scratch.create()) {
      OnnxModel blocks =
          BlockQuantization.apply(net(), options, Optional.empty(), scratch, 1, Progress.NONE)
              .model();
      exportsWhatItTrainedWith(blocks, 4);
    }
  }

  @Test
  void integerActivationsAreTrainedAsTheyRun() throws IOException {
    new Compression(1, Optional.empty())
        .compress(
            DemoModels.VAE_DECODER,
            RecipeFile.parse(
                "data: latent:normal:7:64\n"
                    + "steps: [quantize: {weights: int8, calibration: minmax, sqnr: 0}]"),
            folder.resolve("int8"),
            Progress.NONE);
    QuantizedNet net = of(OnnxModel.open(folder.resolve("int8")));
    OnnxModel learnt = moved(net);
    Tensor z = input("z", 32, 32);
    assertSameSteps(run(learnt, z, true), run(net.quantized(learnt), z, false));
  }

  /** All but one in a thousand are the same of 255 steps, and none is two away. */
  private static void assertSameSteps(float[] trained, float[] exported) {
    int other = 0;
    for (int i = 0; i < trained.length; i++) {
      long steps = Math.abs(Math.round(trained[i] * 255.0) - Math.round(exported[i] * 255.0));
      assertTrue(steps <= 1, "output %d is off by %d steps".formatted(i, steps));
      other += (int) steps;
    }
    assertTrue(other <= trained.length / 1000, other + " of " + trained.length + " differ");
  }
}
