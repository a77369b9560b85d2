/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapsIT {
  @TempDir Path folder;

  @Test
  void valuesInsideTheGraphComeWithTheirShapes() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER);
    Samples samples = Samples.of(model.facts(), DataSpec.latents(1, 20));
    List<String> names = Taps.values(model);
    try (Taps taps = Taps.of(model, names, 1)) {
      Map<String, List<Long>> shapes = taps.shapes(samples.first(2));
      assertEquals(names.size(), shapes.size());
      assertEquals(List.of(2L, 1L, 28L, 28L), shapes.get(names.get(names.size() - 1)));
      List<Long> batches = new ArrayList<>();
      taps.forEach(
          samples,
          value -> {
            if (value.name().equals(names.get(0))) {
              batches.add(value.shape().get(0));
            }
          });
      assertEquals(List.of(16L, 4L), batches);
      assertEquals(Map.of(), taps.skipped());
    }
  }

  @Test
  void smallGroupsGiveTheSameValues() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER);
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.latents(1, 1)).first(1);
    List<String> names = Taps.values(model);
    List<Tensor> together = new ArrayList<>();
    List<Tensor> apart = new ArrayList<>();
    try (Taps taps = Taps.of(model, names, 1)) {
      taps.run(inputs, together::add);
    }
    try (Taps taps = Taps.of(model, names, 1, 1)) {
      taps.run(inputs, apart::add);
    }
    assertEquals(names, apart.stream().map(Tensor::name).toList());
    for (int i = 0; i < names.size(); i++) {
      assertEquals(together.get(i).name(), apart.get(i).name());
      assertEquals(together.get(i).shape(), apart.get(i).shape());
    }
  }

  @Test
  void valuesOfManyBatchesEqualThoseOfEachAlone() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER);
    Samples samples = Samples.of(model.facts(), DataSpec.latents(1, 50));
    List<float[]> streamed = new ArrayList<>();
    List<float[]> alone = new ArrayList<>();
    List<String> names = Taps.values(model);
    try (Taps taps = Taps.of(model, names.subList(names.size() - 1, names.size()), 1)) {
      taps.forEach(samples, value -> streamed.add(value.floats()));
      List<List<Tensor>> batches = new ArrayList<>();
      samples.forEachBatch(batches::add);
      for (List<Tensor> batch : batches) {
        taps.run(batch, value -> alone.add(value.floats()));
      }
    }
    assertEquals(4, streamed.size());
    for (int i = 0; i < alone.size(); i++) {
      assertArrayEquals(alone.get(i), streamed.get(i));
    }
  }

  @Test
  void shapesMayDependOnTheValuesOfTheInputs() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {4}))
            .addNode(node("NonZero", "n", "x"))
            .addNode(node("Cast", "y", "n").addAttribute(TestModels.number("to", 1)));
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("n.onnx"));
    List<List<Long>> shapes = new ArrayList<>();
    try (OrtModel session = OrtModel.open(file, 1)) {
      for (int nonZero : List.of(3, 3, 2, 4, 0, 1)) {
        float[] x = new float[4];
        java.util.Arrays.fill(x, 0, nonZero, 1);
        session.stream(
            List.of(Tensor.of("x", x, 4)), List.of("y"), value -> shapes.add(value.shape()));
      }
    }
    assertEquals(List.of(3L, 3L, 2L, 4L, 0L, 1L), shapes.stream().map(s -> s.get(1)).toList());
  }

  @Test
  void tappedOutputEqualsTheModelsOwn() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.DCGAN);
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.latents(1, 2)).first(2);
    List<Tensor> tapped = new ArrayList<>();
    String output = model.facts().outputs().get(0).name();
    try (Taps taps = Taps.of(model, List.of(output), 1);
        OrtModel session = OrtModel.open(model.file(), 1)) {
      taps.run(inputs, tapped::add);
      assertArrayEquals(session.run(inputs).get(0).floats(), tapped.get(0).floats(), 1e-6f);
    }
  }

  @Test
  void externalWeightsAreLinkedAndEditedGraphsAreWritten() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 1024}))
            .addInitializer(TestModels.weights("w", 1, 1024, 512))
            .addNode(node("MatMul", "h", "x", "w"))
            .addNode(node("Relu", "y", "h"));
    Path inline = TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"));
    Path out = Files.createDirectory(folder.resolve("out"));
    ModelWriter.write(OnnxModel.open(inline), out, (what, fraction) -> {});
    OnnxModel external = OnnxModel.open(out);
    assertEquals(2, external.files().size());
    OnnxModel edited =
        external.with(
            external.proto().toBuilder()
                .setGraph(external.graph().toBuilder().setNode(1, node("Neg", "y", "h")))
                .build());
    List<Tensor> inputs = Samples.of(external.facts(), DataSpec.latents(1, 1)).first(1);
    float[] hidden = tap(external, "h", inputs).floats();
    assertArrayEquals(hidden, tap(OnnxModel.open(inline), "h", inputs).floats(), 1e-5f);
    float[] negated = tap(edited, "y", inputs).floats();
    for (int i = 0; i < hidden.length; i++) {
      assertEquals(-hidden[i], negated[i], 1e-5f);
    }
    assertEquals(2, OnnxModel.open(out).files().size());
  }

  @Test
  void whatIsNoTensorOfNumbersIsSkippedAndSaid() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {2, 3}))
            .addNode(node("SequenceConstruct", "s", "x"))
            .addNode(node("Cast", "t", "x").addAttribute(TestModels.number("to", 8)))
            .addNode(node("Neg", "y", "x"));
    OnnxModel model =
        OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
    List<Tensor> values = new ArrayList<>();
    try (Taps taps = Taps.of(model, List.of("s", "t", "y"), 1)) {
      taps.run(List.of(Tensor.of("x", new float[6], 2, 3)), values::add);
      assertEquals(List.of("y"), values.stream().map(Tensor::name).toList());
      assertTrue(taps.skipped().get("s").contains("sequence"), taps.skipped().toString());
      assertTrue(taps.skipped().get("t").contains("strings"), taps.skipped().toString());
    }
    RejectedException e =
        assertThrows(RejectedException.class, () -> Taps.of(model, List.of("x"), 1));
    assertTrue(e.getMessage().contains("no node of"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "1,FP32,3",
    "2,UINT8,3",
    "3,INT8,-3",
    "4,INT32,3",
    "5,INT16,-3",
    "6,INT32,-3",
    "7,INT64,-3",
    "9,BOOL,1",
    "10,FP16,-3",
    "11,FP64,-3",
    "12,INT64,3",
    "13,INT64,3",
    "16,FP32,-3"
  })
  void everyNumberTheRuntimeHandsOverIsRead(int onnx, DataType type, int value) throws IOException {
    OnnxModel model = cast(onnx);
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      Tensor output = session.run(List.of(Tensor.of("x", new float[] {value, 0}, 2))).get(0);
      assertEquals(type, output.type());
      assertEquals(value, first(output));
    }
  }

  @Test
  void stringsAreSkippedAndSequencesRefused() throws IOException {
    try (OrtModel strings = OrtModel.open(cast(8).file(), 1)) {
      assertEquals(List.of("y"), List.copyOf(strings.skipped().keySet()));
      refused(strings, "no output can be compared: 'y' holds strings");
    }
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {2}))
            .addNode(node("SequenceConstruct", "s", "x"));
    graph.getOutputBuilder(0).setName("s").clearType();
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("s.onnx"));
    try (OrtModel sequences = OrtModel.open(file, 1)) {
      refused(sequences, "output 's' is a sequence, expected a tensor");
    }
  }

  @Test
  void emptyTensorsGoInAndComeOut() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 2})).addNode(node("Neg", "y", "x"));
    Path file = TestModels.write(TestModels.model(graph), folder.resolve("e.onnx"));
    try (OrtModel session = OrtModel.open(file, 1)) {
      Tensor output = session.run(List.of(Tensor.of("x", new float[0], 0, 2))).get(0);
      assertEquals(List.of(0L, 2L), output.shape());
    }
  }

  private void refused(OrtModel model, String sentence) {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> model.run(List.of(Tensor.of("x", new float[2], 2))));
    assertEquals(FailureCode.UNSUPPORTED_MODEL, e.code());
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  private OnnxModel cast(int type) throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {2}))
            .addNode(node("Cast", "y", "x").addAttribute(TestModels.number("to", type)));
    graph.getOutputBuilder(0).clearType();
    return OnnxModel.open(
        TestModels.write(TestModels.model(graph), folder.resolve(type + ".onnx")));
  }

  private static Tensor tap(OnnxModel model, String name, List<Tensor> inputs) throws IOException {
    List<Tensor> values = new ArrayList<>();
    try (Taps taps = Taps.of(model, List.of(name), 1)) {
      taps.run(inputs, values::add);
    }
    return values.get(0);
  }

  private static double first(Tensor tensor) {
    return switch (tensor.type()) {
      case FP32 -> tensor.data().getFloat();
      case FP64 -> tensor.data().getDouble();
      case FP16 -> dev.sagui.onnx.Half.toFloat(tensor.data().getShort());
      case INT64 -> tensor.data().getLong();
      case INT32 -> tensor.data().getInt();
      case INT16 -> tensor.data().getShort();
      case INT8, UINT8, BOOL -> tensor.data().get();
    };
  }
}
