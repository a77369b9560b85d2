/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.agent.config.WebServer;
import dev.sagui.artifact.BlobAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "999999999, PT1H",
    "'Sun, 1 Mar 2026 12:02:00 GMT', PT2M",
    "'Sun, 1 Mar 2026 11:00:00 GMT', PT0S",
    "soon, PT30S"
  })
  void readsHowLongToWait(String header, Duration wait) {
    assertEquals(wait, HttpAnswer.wait(Optional.of(header), NOW));
  }

  @Test
  void waitsWhenItIsNotTold() {
    assertEquals(Duration.ofSeconds(30), HttpAnswer.wait(Optional.empty(), NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\r\nX-Other: 1", "é"})
  void aTokenThatIsNoHeaderFieldIsNone(String token) {
    assertThrows(
        IllegalArgumentException.class,
        () -> WebServer.configured(new BlobAddress("http://h/{digest}"), Optional.of(token)));
  }
}
