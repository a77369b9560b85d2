/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrialTest {
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;
  private final Session doubling =
      new FakeEngine()
          .doubling(
              List.of(new TensorInfo("x", DataType.FP32, List.of(-1L, 2L))),
              List.of(new TensorInfo("y", DataType.FP32, List.of(-1L, 2L))));
  private final AtomicLong clock = new AtomicLong();
  private final Trial trial = new Trial(() -> clock.getAndAdd(3_000_000)); // 3 ms a run

  @Test
  void passesAModelThatGivesItsGoldenOutputs() {
    assertDoesNotThrow(() -> trial.run(doubling, golden("y", 2, 4), 1e-3, 3.5));
    assertDoesNotThrow(() -> trial.run(doubling, golden("y", 2.0009f, 4), 1e-3, NO_LIMIT));
  }

  @ParameterizedTest
  @ValueSource(floats = {2.01f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesAnotherOutput(float first) {
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> trial.run(doubling, golden("y", first, 4), 1e-3, NO_LIMIT));
    assertEquals(FailureCode.GOLDEN_MISMATCH, e.code());
    assertTrue(e.getMessage().contains("'y' element 0"), e.getMessage());
  }

  @Test
  void refusesAModelWithoutTheOutput() {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> trial.run(doubling, golden("z", 2, 4), 1e-3, NO_LIMIT));
    assertEquals(FailureCode.GOLDEN_MISMATCH, e.code());
  }

  @Test
  void refusesAModelThatIsTooSlowHere() {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> trial.run(doubling, golden("y", 2, 4), 1e-3, 2.5));
    assertEquals(FailureCode.TOO_SLOW, e.code());
    assertTrue(e.getMessage().contains("3.00 ms"), e.getMessage());
  }

  @Test
  void refusesGoldenInputsThatTheModelDoesNotTake() {
    byte[] wrong = Safetensors.write(List.of(Tensor.of("in:x", new float[] {1}, 1)));
    RejectedException e =
        assertThrows(RejectedException.class, () -> trial.run(doubling, wrong, 1e-3, NO_LIMIT));
    assertEquals("input 'x' must be FP32 [-1, 2], found FP32 [1]", e.getMessage());
  }

  private static byte[] golden(String output, float... expected) {
    return Safetensors.write(
        List.of(
            Tensor.of("in:x", new float[] {1, 2}, 1, 2),
            Tensor.of("out:" + output, expected, 1, 2)));
  }
}
