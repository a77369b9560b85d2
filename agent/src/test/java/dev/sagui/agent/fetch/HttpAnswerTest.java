/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.agent.config.BlobAddress;
import dev.sagui.artifact.Digest;
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
  @ValueSource(
      strings = {
        "",
        "http://h/blobs",
        "ftp://h/{digest}",
        "http:///{digest}",
        "{digest}",
        "http://h/{digest} x"
      })
  void anAddressWithoutServerOrDigestIsNone(String template) {
    assertThrows(IllegalArgumentException.class, () -> new BlobAddress(template, Optional.empty()));
  }

  @Test
  void neitherLogsNorMistakesTellWhatAnAddressIsSignedWith() {
    BlobAddress signed =
        new BlobAddress("https://s3.example:9000/b/{digest}?X-Sig=1", Optional.empty());
    assertEquals("https://s3.example:9000", signed.server());
    IllegalArgumentException mistake =
        assertThrows(
            IllegalArgumentException.class,
            () -> new BlobAddress("http://me:secret@h/{digest}", Optional.empty()));
    assertFalse(String.valueOf(mistake.getMessage()).contains("secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\r\nX-Other: 1", "é"})
  void aTokenThatIsNoHeaderFieldIsNone(String token) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new BlobAddress("http://h/{digest}", Optional.of(token)));
  }

  @Test
  void theDigestMayStandAnywhere() {
    Digest any = Digest.of(new byte[] {1});
    String signed = "https://s3.example/b/{digest}?X-Sig=1";
    assertEquals(
        "https://s3.example/b/" + any + "?X-Sig=1",
        new BlobAddress(signed, Optional.empty()).of(any).toString());
  }
}
