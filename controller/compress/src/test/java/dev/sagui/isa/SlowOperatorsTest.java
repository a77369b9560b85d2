/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.ModelFacts;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SlowOperatorsTest {
  @Test
  void fourBitProductsAreSlowWithoutDotProduct() {
    ModelFacts facts = facts(Map.of("com.microsoft.MatMulNBits", 3));
    List<String> slow = SlowOperators.on(KnownBoards.get("raspberry-pi-4"), facts);
    assertEquals(1, slow.size());
    assertTrue(slow.get(0).startsWith("com.microsoft.MatMulNBits (3): no dot product"));
    assertEquals(List.of(), SlowOperators.on(KnownBoards.get("raspberry-pi-5"), facts));
    assertEquals(List.of(), SlowOperators.on(KnownBoards.get("amd64-avx2"), facts));
  }

  @Test
  void integerConvolutionIsSlowEverywhere() {
    ModelFacts facts = facts(Map.of("ConvInteger", 1, "Conv", 4));
    KnownBoards.all().forEach(board -> assertEquals(1, SlowOperators.on(board, facts).size()));
  }

  private static ModelFacts facts(Map<String, Integer> operators) {
    return new ModelFacts(
        8,
        "",
        Map.of(),
        operators,
        Map.of(),
        List.of(),
        List.of(),
        0,
        Map.of(),
        OptionalInt.empty());
  }
}
