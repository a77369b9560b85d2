/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PhasesIT {
  @TempDir Path folder;

  /** A layer under test: operator, geometry, and the sizes of its input; −1 for a free one. */
  private record Case(
      String op,
      int in,
      int out,
      int group,
      int[] kernel,
      int[] stride,
      int[] dilation,
      int[] pads,
      int[] outputPadding,
      long[] size) {}

  static Stream<Case> transposed() {
    Random random = new Random(5);
    return IntStream.range(0, 60).mapToObj(i -> transposed(random, i)).filter(PhasesIT::isLegal);
  }

  private static Case transposed(Random random, int i) {
    int rank = i % 5 == 4 ? 1 : 2;
    int group = i % 7 == 3 ? 2 : 1;
    boolean free = i % 6 == 5;
    int[] stride = each(rank, () -> 1 + random.nextInt(3));
    if (free && rank == 2) {
      stride[1] = stride[0];
    }
    int[] kernel = each(rank, () -> 1 + random.nextInt(5));
    int[] dilation = each(rank, () -> 1 + random.nextInt(2));
    int[] pads = each(2 * rank, () -> random.nextInt(3));
    int[] more = new int[rank];
    for (int a = 0; a < rank; a++) {
      more[a] = random.nextInt(stride[a]);
    }
    long[] size = new long[rank];
    for (int a = 0; a < rank; a++) {
      size[a] = free ? -1 : 3 + random.nextInt(5);
    }
    int out = group * (1 + random.nextInt(5));
    return new Case(
        "ConvTranspose", 4, out, free ? 1 : group, kernel, stride, dilation, pads, more, size);
  }

  /** Padding that leaves something, and no more than the kernel reaches. */
  private static boolean isLegal(Case c) {
    return IntStream.range(0, c.kernel().length)
        .allMatch(
            a -> {
              int reach = c.dilation()[a] * (c.kernel()[a] - 1) + 1;
              int rank = c.kernel().length;
              return c.pads()[a] < reach && c.pads()[rank + a] < reach;
            });
  }

  private static int[] each(int count, java.util.function.IntSupplier value) {
    return IntStream.range(0, count).map(i -> value.getAsInt()).toArray();
  }

  @ParameterizedTest
  @MethodSource("transposed")
  void aTransposedConvolutionIsItsPhases(Case c) throws IOException {
    OnnxModel model = model(c, false);
    Phases.Result result = same(model, c);
    assertEquals(List.of(), result.left());
    assertEquals(1, result.rewritten().size());
    assertEquals(0, count(result.model(), "ConvTranspose"));
  }

  static Stream<Case> fewChannels() {
    Random random = new Random(6);
    return IntStream.range(0, 12)
        .mapToObj(
            i -> {
              int[] kernel = each(2, () -> 1 + random.nextInt(5));
              int[] pads = {kernel[0] / 2, kernel[1] / 2, (kernel[0] - 1) / 2, (kernel[1] - 1) / 2};
              return new Case(
                  "Conv",
                  5,
                  1 + i % 4,
                  1,
                  kernel,
                  new int[] {1, 1},
                  new int[] {1, 1 + i % 2},
                  pads,
                  new int[2],
                  new long[] {8, 4 + 2 * random.nextInt(3)});
            });
  }

  @ParameterizedTest
  @MethodSource("fewChannels")
  void aConvolutionWithFewChannelsIsItsBlocks(Case c) throws IOException {
    Phases.Result result = same(model(c, false), c);
    assertEquals(1, result.rewritten().size());
  }

  static Stream<Case> repeated() {
    Random random = new Random(7);
    return IntStream.range(0, 16)
        .mapToObj(
            i -> {
              int k = 1 + 2 * random.nextInt(3);
              int p = k / 2;
              long[] size = i % 4 == 3 ? new long[] {-1, -1} : new long[] {5, 6};
              return new Case(
                  "Conv",
                  3,
                  1 + random.nextInt(6),
                  1,
                  new int[] {k, k},
                  new int[] {1, 1},
                  new int[] {1, 1},
                  new int[] {p, p, p, p},
                  new int[2],
                  size);
            });
  }

  @ParameterizedTest
  @MethodSource("repeated")
  void aConvolutionOfRepeatedPixelsIsItsPhases(Case c) throws IOException {
    Phases.Result result = same(model(c, true), c);
    assertEquals(0, count(result.model(), "Resize"));
  }

  @Test
  void anActivationMovesNextToTheConvolution() throws IOException {
    Case c =
        new Case(
            "ConvTranspose",
            4,
            8,
            1,
            new int[] {4, 4},
            new int[] {2, 2},
            new int[] {1, 1},
            new int[] {1, 1, 1, 1},
            new int[2],
            new long[] {5, 5});
    GraphProto.Builder graph = graph(c, false);
    graph.getNodeBuilder(0).setOutput(0, "c");
    graph.addNode(node("Relu", "y", "c"));
    Phases.Result result = same(written(graph), c);
    List<String> operators =
        result.model().graph().getNodeList().stream().map(NodeProto::getOpType).toList();
    assertEquals("Conv", operators.get(0));
    assertEquals("Relu", operators.get(1));
  }

  @Test
  void computedWeightsAndLoneChannelsAreLeftWithAReason() throws IOException {
    Case lone =
        new Case(
            "ConvTranspose",
            4,
            4,
            4,
            new int[] {2, 2},
            new int[] {2, 2},
            new int[] {1, 1},
            new int[4],
            new int[2],
            new long[] {5, 5});
    Phases.Result result = apply(model(lone, false));
    assertEquals(List.of(), result.rewritten());
    assertTrue(result.left().get(0).contains("stands alone"), result.left().toString());
    GraphProto.Builder graph = graph(lone, false);
    graph.addNode(0, node("Neg", "v", "w"));
    graph.getNodeBuilder(1).setInput(1, "v");
    assertTrue(apply(written(graph)).left().get(0).contains("computed at run time"));
  }

  private static long count(OnnxModel model, String op) {
    return model.graph().getNodeList().stream().filter(n -> n.getOpType().equals(op)).count();
  }

  private Phases.Result apply(OnnxModel model) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      return Phases.apply(model, scratch);
    }
  }

  /** The rewritten model gives the same on random inputs, to float32's rounding. */
  private Phases.Result same(OnnxModel model, Case c) throws IOException {
    List<Tensor> inputs = List.of(input(c));
    try (Scratch scratch = Scratch.create();
        OrtModel before = OrtModel.open(model.file(), 1)) {
      Phases.Result result = Phases.apply(model, scratch);
      Path out = folder.resolve("out");
      ModelWriter.write(result.model(), Files.createDirectories(out), Progress.NONE);
      try (OrtModel after = OrtModel.open(OnnxModel.open(out).file(), 1)) {
        Tensor expected = before.run(inputs).get(0);
        Tensor actual = after.run(inputs).get(0);
        assertEquals(expected.shape(), actual.shape());
        FloatBuffer a = expected.data().asFloatBuffer();
        FloatBuffer b = actual.data().asFloatBuffer();
        while (a.hasRemaining()) {
          assertEquals(a.get(), b.get(), 1e-4, c.toString());
        }
      }
      return result;
    }
  }

  private static Tensor input(Case c) {
    long[] shape = new long[2 + c.size().length];
    shape[0] = 2;
    shape[1] = c.in();
    for (int i = 2; i < shape.length; i++) {
      shape[i] = c.size()[i - 2] < 0 ? 6 : c.size()[i - 2];
    }
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return Tensor.of("x", values, shape);
  }

  private OnnxModel model(Case c, boolean repeated) throws IOException {
    return written(graph(c, repeated));
  }

  private OnnxModel written(GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
  }

  private static GraphProto.Builder graph(Case c, boolean repeated) {
    long[] shape = LongStream.concat(LongStream.of(-1, c.in()), Arrays.stream(c.size())).toArray();
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(shape));
    boolean transposed = c.op().equals("ConvTranspose");
    long first = transposed ? c.in() : c.out();
    long second = transposed ? c.out() / c.group() : c.in() / c.group();
    long[] dims = LongStream.concat(LongStream.of(first, second), longs(c.kernel())).toArray();
    graph.addInitializer(TestModels.weights("w", 1, dims));
    graph.addInitializer(TestModels.weights("b", 2, c.out()));
    if (repeated) {
      graph.addInitializer(TestModels.floats("scales", new float[] {1, 1, 3, 3}, 4));
      graph.addNode(node("Resize", "up", "x", "", "scales"));
    }
    NodeProto.Builder layer = node(c.op(), "y", repeated ? "up" : "x", "w", "b");
    layer.addAttribute(ints("strides", longs(c.stride()).toArray()));
    layer.addAttribute(ints("dilations", longs(c.dilation()).toArray()));
    layer.addAttribute(ints("pads", longs(c.pads()).toArray()));
    layer.addAttribute(TestModels.number("group", c.group()));
    if (transposed) {
      layer.addAttribute(ints("output_padding", longs(c.outputPadding()).toArray()));
    }
    return graph.addNode(layer);
  }

  private static LongStream longs(int[] values) {
    return Arrays.stream(values).asLongStream();
  }
}
