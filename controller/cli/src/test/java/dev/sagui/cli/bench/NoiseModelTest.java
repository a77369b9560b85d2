/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NoiseModelTest {
  @Test
  void writesAModelThatTheControllerTakes(@TempDir Path folder) throws IOException {
    Path file =
        new NoiseModel(50, 64, NoiseModel.Weights.NOISE).write(folder.resolve("noise.onnx"));
    ModelFacts facts = OnnxModel.open(file).facts();
    assertEquals(2 * 50 * 64 + 1, facts.parameters());
    assertTrue(facts.takesLatents());
    assertFalse(Files.exists(folder.resolve("noise.onnx.part")));
  }
}
