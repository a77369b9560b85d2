/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappedWeightsTest {
  private static final long LARGE = 32 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "MatMul, true",
    "Gemm, true",
    "Conv, true",
    "MatMulNBits, false",
    "MatMulInteger, false",
    "QLinearConv, false",
    "DequantizeLinear, false",
    "ConvTranspose, false",
    "GroupQueryAttention, false",
    "LSTM, false"
  })
  void leavesWeightsWhereKernelsNeedNoPackedCopy(String operator, boolean mapped)
      throws IOException {
    model("\0\u00ff op_type " + operator + " rest", LARGE);
    assertEquals(mapped, MappedWeights.suit(folder, "model.onnx"));
  }

  @Test
  void packsSmallWeights() throws IOException {
    model("MatMul", LARGE - 1);
    assertFalse(MappedWeights.suit(folder, "model.onnx"));
  }

  @Test
  void packsWeightsInsideTheModel() throws IOException {
    model("MatMul", 0);
    sized("model.onnx", LARGE);
    assertFalse(MappedWeights.suit(folder, "model.onnx"));
  }

  @Test
  void leavesItToTheSessionToSayThatThereIsNoModel() {
    assertFalse(MappedWeights.suit(folder.resolve("none"), "model.onnx"));
    assertTrue(Files.notExists(folder.resolve("none")));
  }

  private void model(String bytes, long weights) throws IOException {
    Files.writeString(folder.resolve("model.onnx"), bytes);
    sized("model.onnx.data", weights);
  }

  /** Of holes, which take no disk. */
  private void sized(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(bytes);
    }
  }
}
