/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpertsIT {
  private static final String STEPS =
      "{data: 'random:1:600:-1..1', steps: [{experts: {count: 8, active: 1}}%s]}";

  @TempDir Path folder;

  @Test
  void aWideBlockRunsFasterAndTheReportSaysWhatIsComputed() throws IOException {
    CompressionReport report = compress(block(512, 2048), "");
    StepRecord step = report.steps().get(0);
    assertTrue(step.changed(), step.reason());
    assertEquals(2L * 512 * 2048, step.metrics().get("expert_parameters"));
    assertEquals(512L * 2048 / 4, step.metrics().get("active_parameters_per_row"));
    assertTrue(number(step, "flops_after") < 0.15 * number(step, "flops_before"));
    assertTrue(number(step, "latency_ratio") < 0.97);
    assertTrue(report.output().bytes() < 1.02 * report.input().bytes());
    Map<?, ?> layer = (Map<?, ?>) ((List<?>) step.metrics().get("layers")).get(0);
    assertEquals(8, ((List<?>) layer.get("usage")).size());
  }

  @Test
  void aBlockThatIsNoFasterStaysAsItWas() throws IOException {
    CompressionReport report = compress(block(16, 64), "");
    StepRecord step = report.steps().get(0);
    assertFalse(step.changed());
    assertTrue(step.reverted());
    assertTrue(step.reason().contains("x its input's time"), step.reason());
  }

  @Test
  void expertsAreQuantizedAfterwards() throws IOException {
    String quantize = ", {quantize: {weights: int4, method: rtn}}";
    CompressionReport report = compress(block(512, 2048), quantize);
    assertTrue(report.steps().stream().allMatch(StepRecord::changed));
    assertTrue(report.output().bytes() < 0.2 * report.input().bytes());
  }

  private static double number(StepRecord step, String metric) {
    return ((Number) step.metrics().get(metric)).doubleValue();
  }

  private static ModelProto block(int inputs, int hidden) {
    return model(
        graph(List.of("x"), List.of(new long[] {-1, inputs}))
            .addInitializer(weights("w1", 1, inputs, hidden))
            .addInitializer(weights("w2", 2, hidden, inputs))
            .addNode(node("MatMul", "a", "x", "w1"))
            .addNode(node("Relu", "h", "a"))
            .addNode(node("MatMul", "y", "h", "w2")));
  }

  private CompressionReport compress(ModelProto model, String more) throws IOException {
    return new Compression(1, Optional.empty())
        .compress(
            TestModels.write(model, folder.resolve("model.onnx")),
            RecipeFile.parse(STEPS.formatted(more)),
            folder.resolve("out"),
            Progress.NONE);
  }
}
