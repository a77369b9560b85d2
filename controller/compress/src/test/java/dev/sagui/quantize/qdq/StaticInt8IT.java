/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.calibrate.Range;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticInt8IT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"false, 127, 254", "false, 127, 128", "false, 63, 126", "true, 127, 254"})
  void aChainOfConvolutionsKeepsItsValuesInEveryFormat(boolean signed, int levels, int pairs)
      throws IOException {
    StaticInt8.Result result = apply(chain(), new Int8Format(signed, levels, pairs, ""));
    assertEquals(3, result.layers().size());
    assertTrue(sqnrDb(chain(), result) > 25, () -> "dB " + sqnr);
  }

  /** On x86 without VNNI full weights of one sign would saturate here. */
  @Test
  void largeNeighboursDoNotSaturate() throws IOException {
    GraphProto.Builder graph = input(4);
    float[] weights = new float[4 * 4 * 9];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + i % 7 * 0.05f;
    }
    graph.addInitializer(TestModels.floats("w", weights, 4, 4, 3, 3));
    graph.addInitializer(TestModels.floats("b", filled(4, 100), 4));
    graph.addInitializer(TestModels.floats("v", weights, 4, 4, 3, 3));
    graph.addNode(conv("c", "x", "w", "b"));
    graph.addNode(conv("y", "c", "v"));
    OnnxModel model = written(graph);
    StaticInt8.Result result = apply(model, new Int8Format(false, 127, 128, ""));
    assertTrue(sqnrDb(model, result, false) > 35, () -> "dB " + sqnr);
  }

  @Test
  void reluBecomesTheBoundOfTheRange() throws IOException {
    StaticInt8.Result result = apply(chain(), VNNI);
    assertEquals(0, count(result.model(), "Relu"));
    assertTrue(result.ranges().values().stream().anyMatch(range -> range.low() == 0));
  }

  @Test
  void movesShareTheScaleOfWhatTheyMove() throws IOException {
    StaticInt8.Result result = apply(chain(), VNNI);
    // x; the two convolutions with what is moved between them; the last one
    assertEquals(4, result.ranges().size());
  }

  @Test
  void theRangeBeforeTanhIsWhatTanhTells() throws IOException {
    GraphProto.Builder graph = input(4);
    graph.addInitializer(TestModels.floats("w", filled(4 * 4, 60), 4, 4, 1, 1));
    graph.addNode(node("Conv", "c", "x", "w"));
    graph.addNode(node("Tanh", "y", "c"));
    StaticInt8.Result result = apply(written(graph), VNNI);
    Range range = result.ranges().getOrDefault("c", Range.ZERO);
    assertEquals(-4, range.low(), 1e-6);
    assertEquals(4, range.high(), 1e-6);
  }

  @Test
  void oneBiasOfFourConvolutionsIsQuantizedForEach() throws IOException {
    GraphProto.Builder graph = input(4);
    graph.addInitializer(TestModels.weights("b", 9, 4));
    String from = "x";
    for (int i = 0; i < 4; i++) {
      graph.addInitializer(TestModels.weights("w" + i, i, 4, 4, 3, 3));
      graph.addNode(conv("c" + i, from, "w" + i, "b"));
      graph.addNode(node("Relu", i == 3 ? "y" : "r" + i, "c" + i));
      from = "r" + i;
    }
    OnnxModel model = written(graph);
    StaticInt8.Result result = apply(model, VNNI);
    assertEquals(4, result.layers().size());
    assertTrue(sqnrDb(model, result) > 20, () -> "dB " + sqnr);
  }

  @Test
  void computedWeightsStayFloat() throws IOException {
    GraphProto.Builder graph = input(4);
    graph.addInitializer(TestModels.weights("v", 1, 4, 4, 3, 3));
    graph.addNode(node("Neg", "w", "v"));
    graph.addNode(conv("y", "x", "w"));
    StaticInt8.Result result = apply(written(graph), VNNI);
    assertEquals(List.of(), result.layers());
  }

  @Test
  void aLayerThatNeverFiresIsHarmless() throws IOException {
    GraphProto.Builder graph = input(4);
    graph.addInitializer(TestModels.weights("w", 1, 4, 4, 3, 3));
    graph.addInitializer(TestModels.floats("never", filled(4, -1e6f), 4));
    graph.addInitializer(TestModels.weights("v", 2, 4, 4, 3, 3));
    graph.addInitializer(TestModels.floats("one", filled(4, 1), 4));
    graph.addNode(conv("c", "x", "w", "never"));
    graph.addNode(node("Relu", "r", "c"));
    graph.addNode(conv("y", "r", "v", "one"));
    OnnxModel model = written(graph);
    assertTrue(sqnrDb(model, apply(model, VNNI)) > 30, () -> "dB " + sqnr);
  }

  @Test
  void residualsAndConcatenationsStayInIntegers() throws IOException {
    GraphProto.Builder graph = input(8);
    for (String w : List.of("a", "b", "c")) {
      graph.addInitializer(TestModels.weights(w, w.charAt(0), 8, w.equals("c") ? 16 : 8, 3, 3));
    }
    graph.addNode(conv("p", "x", "a"));
    graph.addNode(conv("q", "p", "b"));
    graph.addNode(node("Add", "s", "p", "q"));
    graph.addNode(node("Concat", "t", "s", "q").addAttribute(TestModels.number("axis", 1)));
    graph.addNode(conv("y", "t", "c"));
    OnnxModel model = written(graph);
    StaticInt8.Result result = apply(model, VNNI);
    assertTrue(sqnrDb(model, result) > 20, () -> "dB " + sqnr);
    assertEquals(6, count(result.model(), "QuantizeLinear")); // x p q s t y
  }

  @Test
  void layersStayFloatUntilTheOutputsAreGoodEnough() throws IOException {
    StaticInt8.Result all = apply(chain(), VNNI);
    double reached = sqnrDb(chain(), all);
    StaticOptions more =
        new StaticOptions(
            VNNI,
            Optional.of(RangeMethod.MSE),
            Set.of(),
            Optional.of(Tolerance.ofSqnr(reached + 3)));
    StaticInt8.Result mixed = apply(chain(), more);
    assertTrue(mixed.layers().size() < all.layers().size());
    Spared spared = mixed.spared().orElseThrow();
    assertTrue(mixed.floats().contains(spared.layer()), spared.toString());
    assertTrue(spared.errorFactor() > 1, spared.toString());
    assertTrue(spared.workShare() > 0 && spared.workShare() < 1, spared.toString());
    assertEquals(Optional.empty(), all.spared());
    assertTrue(sqnrDb(chain(), mixed) > reached + 1, () -> "dB " + sqnr);
  }

  private static final Int8Format VNNI = new Int8Format(false, 127, 254, "");

  private double sqnr;

  /** x [N, 4, 8, 8] → Conv → Relu → Transpose and back → Conv → Relu → Conv → y. */
  private OnnxModel chain() throws IOException {
    GraphProto.Builder graph = input(4);
    graph.addInitializer(TestModels.weights("w0", 1, 8, 4, 3, 3));
    graph.addInitializer(TestModels.weights("b0", 2, 8));
    graph.addInitializer(TestModels.weights("w1", 3, 8, 8, 3, 3));
    graph.addInitializer(TestModels.weights("w2", 4, 4, 8, 3, 3));
    graph.addNode(conv("c0", "x", "w0", "b0"));
    graph.addNode(node("Relu", "r0", "c0"));
    graph.addNode(node("Transpose", "t", "r0").addAttribute(ints("perm", 0, 1, 3, 2)));
    graph.addNode(conv("c1", "t", "w1"));
    graph.addNode(node("Relu", "r1", "c1"));
    graph.addNode(conv("y", "r1", "w2"));
    return written(graph);
  }

  private static GraphProto.Builder input(long channels) {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, channels, 8, 8}));
  }

  private static NodeProto.Builder conv(String output, String... inputs) {
    return node("Conv", output, inputs).addAttribute(ints("pads", 1, 1, 1, 1));
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    java.util.Arrays.fill(values, value);
    return values;
  }

  private OnnxModel written(GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
  }

  private StaticInt8.Result apply(OnnxModel model, Int8Format format) throws IOException {
    return apply(
        model, new StaticOptions(format, Optional.of(RangeMethod.MSE), Set.of(), Optional.empty()));
  }

  private StaticInt8.Result apply(OnnxModel model, StaticOptions options) throws IOException {
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:32:-1..1"));
    try (Scratch scratch = Scratch.create()) {
      return StaticInt8.apply(model, options, samples, scratch, 1, Progress.NONE);
    }
  }

  private static long count(OnnxModel model, String op) {
    return model.graph().getNodeList().stream().filter(n -> n.getOpType().equals(op)).count();
  }

  private double sqnrDb(OnnxModel model, StaticInt8.Result result) throws IOException {
    return sqnrDb(model, result, true);
  }

  private double sqnrDb(OnnxModel model, StaticInt8.Result result, boolean exact)
      throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    ModelWriter.write(result.model(), out, Progress.NONE);
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:7:16:-1..1")).first(16);
    try (OrtModel a = OrtModel.open(model.file(), 1);
        OrtModel b = OrtModel.open(OnnxModel.open(out), 1, exact)) {
      FloatBuffer wanted = a.run(inputs).get(0).data().asFloatBuffer();
      FloatBuffer found = b.run(inputs).get(0).data().asFloatBuffer();
      double signal = 0;
      double noise = 0;
      while (wanted.hasRemaining()) {
        double value = wanted.get();
        signal += value * value;
        noise += Math.pow(found.get() - value, 2);
      }
      sqnr = 10 * Math.log10(signal / noise);
      return sqnr;
    }
  }
}
