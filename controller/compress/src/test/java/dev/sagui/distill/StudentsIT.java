/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StudentsIT {
  @TempDir Path folder;
  private Scratch scratch;
  private OnnxModel teacher;
  private Samples samples;

  @BeforeEach
  void open() throws IOException {
    scratch = Scratch.create();
    teach(Teachers.generator(), "latent:normal:3:64");
  }

  @AfterEach
  void close() throws IOException {
    scratch.close();
  }

  private void teach(ModelProto model, String data) throws IOException {
    teacher = Teachers.open(model, folder);
    samples = Samples.of(teacher.facts(), DataSpec.parse(data));
  }

  private Student student(Map<String, Object> spec) throws IOException {
    return Students.of(teacher, StudentSpec.parse(spec), samples, scratch, 1, Progress.NONE);
  }

  private static Map<String, Object> formed(String layer, String form) {
    return Map.of("forms", Map.of(layer, form));
  }

  /** What each kind computes is nearer to the teacher than what its shape does by chance. */
  @ParameterizedTest
  @ValueSource(strings = {"separable", "resize-conv", "resize-depthwise", "resize-pointwise"})
  void layersInAnotherFormStartNearTheTeacher(String form) throws IOException {
    Student student = student(formed("d", form));
    requireContract(student);
    assertEquals(Map.of("d", form), student.resolved().chosen().forms());
    requireBetterThanChance(student);
  }

  @ParameterizedTest
  @ValueSource(strings = {"width", "flops"})
  void narrowerStudentsStartNearTheTeacher(String measure) throws IOException {
    Student student = student(Map.of(measure, 0.5));
    requireContract(student);
    assertTrue(student.measured().flops() <= 0.52, "" + student.measured());
    requireBetterThanChance(student);
  }

  @Test
  void convolutionBecomesDepthwiseAndPointwise() throws IOException {
    Student student = student(formed("c", "separable"));
    requireContract(student);
    assertTrue(student.measured().flops() < 1);
    requireBetterThanChance(student);
  }

  /** What is separable already is found by its moments alone. */
  @Test
  void separableLayersAreFoundAgain() throws IOException {
    teach(Teachers.separable(), "latent:normal:3:128");
    assertTrue(student(formed("c", "separable")).measured().error() < 1e-4);
    assertTrue(student(formed("d", "resize-pointwise")).measured().error() < 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"separable", "resize-conv", "resize-pointwise"})
  void wavesAreStretchedAlongOneAxis(String form) throws IOException {
    teach(Teachers.wave(), "latent:normal:3:128");
    Student student = student(formed("d", form));
    requireContract(student);
    requireBetterThanChance(student);
  }

  @Test
  void blocksAndWidthsGoTogetherAndComeAgain() throws IOException {
    Map<String, Object> spec =
        Map.of("flops", 0.4, "forms", Map.of("c", "separable", "d", "separable"));
    Student first = student(spec);
    requireContract(first);
    assertTrue(first.measured().flops() <= 0.42, "" + first.measured());
    Student again = student(first.resolved().json());
    assertArrayEquals(written(first, "first"), written(again, "again"));
    assertEquals(first.measured().error(), again.measured().error());
  }

  @Test
  void fastStudentsOfCheaperBlocksAreSearched() throws IOException {
    Student student = student(Map.of("latency", 0.9, "block", "auto"));
    requireContract(student);
    assertTrue(student.measured().error() < 1);
  }

  @Test
  void branchesThatOutputsMissLeastGo() throws IOException {
    teach(Teachers.residual(3, 1), "latent:normal:3:64");
    Student student = student(Map.of("depth", 0.6));
    requireContract(student);
    assertEquals(List.of("s1"), student.resolved().chosen().removed());
    assertTrue(student.measured().error() < 1e-3, "" + student.measured());
  }

  @Test
  void recurrentLayersLoseHiddenUnits() throws IOException {
    teach(Teachers.recurrent(), "random:3:32:-1..1");
    Student student = student(Map.of("width", 0.5));
    requireContract(student);
    assertEquals(List.of(8), student.resolved().chosen().widths());
  }

  @Test
  void ownGraphIsHeldAgainstTheContract() throws IOException {
    Path same = TestModels.write(Teachers.separable(), folder.resolve("same.onnx"));
    assertEquals(same, student(Map.of("file", same.toString())).model().file());
    Path other = TestModels.write(Teachers.wave(), folder.resolve("other.onnx"));
    String why = refusal(Map.of("file", other.toString()));
    assertTrue(why.contains("the teacher's input 1 is 'z' FLOAT [batch, 16]"), why);
  }

  @Test
  void quantizedGraphIsNoStudent() throws IOException {
    Path file = TestModels.write(quantized(), folder.resolve("int8.onnx"));
    String why = refusal(Map.of("file", file.toString()));
    assertTrue(why.contains("a student learns in float32"), why);
    teacher = OnnxModel.open(file);
    assertTrue(refusal(Map.of("width", 0.5)).contains("made of a float32 teacher"));
    Path own = TestModels.write(Teachers.generator(), folder.resolve("own.onnx"));
    assertTrue(student(Map.of("file", own.toString())).measured().error() > 0);
  }

  @Test
  void whatCannotGoIsRefusedByName() throws IOException {
    assertTrue(refusal(Map.of("depth", 0.5)).contains("no residual sums"));
    assertTrue(refusal(formed("e", "resize-conv")).contains("'e' is none"));
  }

  private byte[] written(Student student, String name) throws IOException {
    Path to = Files.createDirectory(folder.resolve(name));
    return Files.readAllBytes(ModelWriter.write(student.model(), to, Progress.NONE).get(0));
  }

  private String refusal(Map<String, Object> spec) {
    return String.valueOf(assertThrows(RejectedException.class, () -> student(spec)).getMessage());
  }

  private void requireContract(Student student) throws IOException {
    assertEquals(teacher.facts().inputs(), student.model().facts().inputs());
    assertEquals(teacher.facts().outputs(), student.model().facts().outputs());
    List<Tensor> inputs = samples.first(3);
    try (OrtModel a = OrtModel.open(teacher, 1, false);
        OrtModel b = OrtModel.open(student.model(), 1, false)) {
      assertEquals(a.run(inputs).get(0).shape(), b.run(inputs).get(0).shape());
    }
  }

  private void requireBetterThanChance(Student student) throws IOException {
    double chance = new Fidelity(teacher, samples, 1).error(redrawn(student.model()));
    double error = student.measured().error();
    assertTrue(error < chance / 3, error + " against " + chance);
  }

  /** The same shapes with weights of the same spread, drawn. */
  private static OnnxModel redrawn(OnnxModel model) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    var graph = model.graph().toBuilder();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (tensor.getDataType() == ElementType.FLOAT.number() && tensor.getDimsCount() > 1) {
        double[] values = TensorValues.doubles(model, tensor.build());
        double power = 0;
        for (double value : values) {
          power += value * value / values.length;
        }
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.sqrt(3 * power) * (2 * random.nextDouble() - 1);
        }
        TensorProto drawn =
            TensorValues.floats(tensor.getDimsList(), values).toBuilder()
                .setName(tensor.getName())
                .build();
        tensor.clear().mergeFrom(drawn);
      }
    }
    return model.with(model.proto().toBuilder().setGraph(graph).build());
  }

  /** The generator with its last values rounded to integers. */
  private static ModelProto quantized() {
    ModelProto.Builder model = Teachers.generator().toBuilder();
    var graph = model.getGraphBuilder();
    graph
        .addInitializer(TestModels.floats("scale", new float[] {0.01f}))
        .addNode(TestModels.node("QuantizeLinear", "q", "y0", "scale"))
        .addNode(TestModels.node("DequantizeLinear", "y", "q", "scale"));
    graph.getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals("Sigmoid"))
        .forEach(node -> node.setOutput(0, "y0"));
    return model.build();
  }
}
