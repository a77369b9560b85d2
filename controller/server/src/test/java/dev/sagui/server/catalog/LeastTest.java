/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.cost.Work;
import dev.sagui.device.Peak;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeastTest {
  private static final Peak BOARD = new Peak(100, 400, 10, 1_000_000);

  @Test
  void noRunIsFasterThanItsOperationsByThePeakOfTheirFormat() {
    Least floats = of(new Work.Operator("Conv fp32", 2e9, 0, 0));
    assertEquals(Optional.empty(), floats.impossible(10.1));
    assertEquals(
        Optional.of("a run in 9.90 ms, and its profile's board needs 10.0 ms to compute"),
        floats.impossible(9.9));
    assertEquals(2.5, of(new Work.Operator("Conv int8", 2e9, 0, 0)).computing(), 1e-9);
  }

  @Test
  void noProductIsFasterThanItsWeightsComeFromMemory() {
    Least product = of(new Work.Operator("MatMul fp32", 0, 41e6, 0));
    assertEquals(Optional.empty(), product.impossible(2.01));
    assertEquals(
        Optional.of("a run in 1.90 ms, and its profile's board needs 2.00 ms to read the weights"),
        product.impossible(1.9));
  }

  @Test
  void whatCachesHoldAndWhatNeedNotBeReadTakesNoTime() {
    assertEquals(0, of(new Work.Operator("MatMul fp32", 0, 1e6, 0)).reading());
    assertEquals(0, of(new Work.Operator("Gather", 0, 1e9, 0)).reading());
    assertEquals(Optional.empty(), Least.UNKNOWN.impossible(1e-6));
  }

  private static Least of(Work.Operator one) {
    return Least.of(BOARD, new Work(List.of(one)));
  }
}
