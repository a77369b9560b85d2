/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudentSpecTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    for (Map<String, Object> json :
        List.<Map<String, Object>>of(
            Map.of("width", 0.5),
            Map.of("latency", 0.45, "block", "auto"),
            Map.of("depth", 0.5, "flops", 0.4),
            Map.of("file", "student.onnx"),
            Map.of("block", "separable", "forms", Map.of("d", "separable"), "widths", List.of(8)),
            Map.of("depth", 0.5, "removed", List.of("s1")))) {
      assertEquals(json, StudentSpec.parse(json).json());
    }
  }

  @Test
  void whatRecipesDoNotKnowIsRefused() {
    assertTrue(refusal(Map.of("witdh", 0.5)).contains("unknown key 'witdh'"));
    assertTrue(refusal(Map.of("width", 0.5, "flops", 0.5)).contains("expected one of"));
    assertTrue(refusal(Map.of("width", 1.5)).contains("above 0 and up to 1"));
    assertTrue(refusal(Map.of("block", "sparse")).contains("[separable, resize-conv, auto]"));
    assertTrue(refusal(Map.of("file", "a.onnx", "width", 0.5)).contains("file alone"));
    assertTrue(refusal(Map.of("forms", Map.of("d", "thin"))).contains("unknown form 'thin'"));
    assertTrue(refusal(Map.of("widths", List.of(0))).contains("1 or more"));
    assertTrue(refusal(Map.of()).contains("expected what a student is"));
  }

  private static String refusal(Map<String, Object> json) {
    return String.valueOf(
        assertThrows(RejectedException.class, () -> StudentSpec.parse(json)).getMessage());
  }
}
