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

final class BigModelTest {
  @Test
  void writesAModelThatTheControllerTakes(@TempDir Path folder) throws IOException {
    Path file = new BigModel(40, 70).write(folder.resolve("big.onnx"));
    ModelFacts facts = OnnxModel.open(file).facts();
    assertEquals(2 * 40 * 70, facts.parameters());
    assertTrue(facts.takesLatents());
    assertFalse(Files.exists(folder.resolve("big.onnx.part")));
  }

  @Test
  void writesTheSameBytesAgain(@TempDir Path folder) throws IOException {
    BigModel model = new BigModel(8, 16);
    byte[] first = Files.readAllBytes(model.write(folder.resolve("a.onnx")));
    byte[] second = Files.readAllBytes(model.write(folder.resolve("b.onnx")));
    org.junit.jupiter.api.Assertions.assertArrayEquals(first, second);
  }
}
