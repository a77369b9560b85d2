/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule against what PyTorch says and against differences, on random shapes. */
class GradientsIT {
  private static final double MOST_RELATIVE = 1e-4;

  @TempDir Path folder;

  static Stream<TorchCase> cases() throws IOException {
    return TorchCase.all().stream();
  }

  /** Those of which y tells the loss, and differences something: rounding has a slope by fiat. */
  static Stream<TorchCase> smoothCases() throws IOException {
    return cases().filter(torch -> !torch.penalty() && !torch.has("QuantizeLinear"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void agreesWithTorch(TorchCase torch) throws Exception {
    List<Tensor> found = AddedGradients.of(torch, folder);
    for (int i = 0; i < found.size(); i++) {
      Tensor expected = torch.gradients().get(i);
      assertEquals(expected.shape(), found.get(i).shape());
      double worst = worst(found.get(i).floats(), expected.floats());
      assertTrue(worst <= MOST_RELATIVE, "%s is off by %s of it".formatted(expected.name(), worst));
    }
  }

  /** max |a − b| / max |b| */
  private static double worst(float[] found, float[] expected) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double off = Math.abs((double) found[i] - expected[i]);
      worst = off <= worst ? worst : off;
    }
    return worst / largest;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("smoothCases")
  void agreesWithDifferences(TorchCase torch) throws Exception {
    try (Differences differences = Differences.of(torch, folder)) {
      differences.check(AddedGradients.of(torch, folder));
    }
  }

  @Test
  void namesTheNodeThatHasNoRule() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> added(List.of("x0"), op("Det", "y", "x0")));
    assertTrue(refused.getMessage().startsWith("Det 'y' has no gradient rule"), "" + refused);
  }

  @Test
  void saysThatNothingComesThroughAStep() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> added(List.of("x0"), op("Sign", "y", "x0")));
    assertTrue(refused.getMessage().startsWith("the loss does not depend on 'x0'"), "" + refused);
  }

  @Test
  void givesEqualGradientsTheirOwnNames() throws Exception {
    AddedGradients both = added(List.of("x0", "x1"), op("Add", "y", "x0", "x1"));
    assertEquals(2, Set.copyOf(both.names().values()).size());
  }

  @Test
  void computesNothingForWhatIsFrozen() throws Exception {
    NodeProto[] nodes = {op("Gemm", "h", "x0", "x1"), op("Gemm", "y", "h", "x2")};
    assertEquals(2 + 1, added(List.of("x2"), nodes).count("Gemm"));
    assertEquals(2 + 2, added(List.of("x1"), nodes).count("Gemm"));
  }

  /** For x of ones and r of ones the gradient is the output: what was kept, scaled. */
  @Test
  void dropsInTheGradientWhatTheNodeDropped() throws Exception {
    float[] ones = new float[1000];
    java.util.Arrays.fill(ones, 1);
    NodeProto dropout =
        NodeBuilder.of("Dropout").inputs("x0", "c0", "c1").output("y").with("seed", 1).build();
    Tensor ratio = Tensor.of("c0", new float[] {0.25f});
    Tensor training = new Tensor("c1", DataType.BOOL, List.of(), ByteBuffer.wrap(new byte[] {1}));
    Tensor x = Tensor.of("x0", ones, 1000);
    TorchCase of =
        new TorchCase(
            "dropout",
            17,
            false,
            List.of(dropout),
            List.of(x),
            List.of(ratio, training),
            x.named("r"),
            List.of());
    List<Tensor> both = new AddedGradients(of, folder, List.of("x0")).run("y");
    assertEquals(both.get(1).data(), both.get(0).data());
    float[] kept = both.get(0).floats();
    long dropped = IntStream.range(0, kept.length).filter(i -> kept[i] == 0).count();
    assertTrue(dropped > 180 && dropped < 320, dropped + " of 1000");
  }

  /** A Conv of six channels to two is computed by its transposed twin, and gives the same. */
  @Test
  void computesAConvOfFewFiltersByItsTwin() throws Exception {
    NodeProto conv =
        NodeBuilder.of("Conv")
            .inputs("x0", "x1", "x2")
            .output("y")
            .with("pads", 0, 1, 1, 2)
            .with("dilations", 1, 2)
            .build();
    List<Tensor> inputs =
        List.of(numbers("x0", 2, 6, 5, 7), numbers("x1", 2, 6, 3, 2), numbers("x2", 2));
    Tensor r = numbers("r", 2, 2, 4, 8);
    TorchCase of = new TorchCase("conv", 17, false, List.of(conv), inputs, List.of(), r, List.of());
    AddedGradients added = new AddedGradients(of, folder, List.of("x0", "x1", "x2"));
    assertEquals(1, added.count("ConvTranspose"));
    float[] twin = added.run("y").get(3).floats();
    Path plain = Files.write(folder.resolve("plain.onnx"), of.model(DataType.FP32).toByteArray());
    try (OrtModel session = OrtModel.open(plain, 1)) {
      assertTrue(worst(twin, session.run(inputs).get(0).floats()) < 1e-6);
    }
  }

  private static Tensor numbers(String name, long... shape) {
    float[] values = new float[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    java.util.SplittableRandom random = new java.util.SplittableRandom(name.hashCode());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(name, values, shape);
  }

  private static NodeProto op(String name, String output, String... inputs) {
    return NodeBuilder.of(name).inputs(inputs).output(output).build();
  }

  private AddedGradients added(List<String> wanted, NodeProto... nodes) throws IOException {
    Tensor square = Tensor.of("x", new float[9], 3, 3);
    List<Tensor> inputs =
        Stream.of(nodes)
            .flatMap(node -> node.getInputList().stream())
            .filter(name -> name.startsWith("x"))
            .map(square::named)
            .toList();
    Tensor r =
        nodes[0].getOpType().equals("Det") ? Tensor.of("r", new float[1]) : square.named("r");
    return new AddedGradients(
        new TorchCase("case", 17, false, List.of(nodes), inputs, List.of(), r, List.of()),
        folder,
        wanted);
  }
}
