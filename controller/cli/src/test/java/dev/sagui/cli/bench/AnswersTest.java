/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AnswersTest {
  private static final String AGENT =
      "{\"model_name\":\"m\",\"outputs\":[{\"name\":\"y\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[0.5,1]}]}";

  @Test
  void takesEqualValuesInEachSidesForm() {
    assertDoesNotThrow(() -> compare(AGENT, "{\"output\":[[0.5000001,1.0]]}"));
  }

  @Test
  void refusesToTimeDifferentAnswers() {
    assertThrows(BenchException.class, () -> compare(AGENT, "{\"output\":[[0.5,0.9]]}"));
    assertThrows(BenchException.class, () -> compare(AGENT, "{\"output\":[[0.5]]}"));
    assertThrows(BenchException.class, () -> compare("{\"outputs\":[]}", "{\"output\":[]}"));
  }

  private static void compare(String agent, String peer) {
    Answers.requireSame(
        agent.getBytes(StandardCharsets.UTF_8), peer.getBytes(StandardCharsets.UTF_8));
  }
}
